import { Stack } from "aws-cdk-lib";
import { Annotations, Match } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import * as z from "zod";
import { Crier } from "../../infra/crier-construct.ts";
import { aStack, crierProps, inApp, type Resource, type StackOptions, synthesise, synthesised } from "./synthesised.ts";

/** A stack of somebody else's app, in which a Crier is made for each of these ids. */
const inOtherStack = (criers: Readonly<Record<string, StackOptions>>, hasFlags = false) =>
  synthesise(
    (app) => {
      const stack = new Stack(app, "Website");
      for (const [id, options] of Object.entries(criers)) new Crier(stack, id, crierProps(options));
      return stack;
    },
    { hasFlags },
  );

const typesOf = (resources: readonly Resource[]) => resources.map(({ type }) => type).toSorted();

test("a stack of another app, without the CDK's feature flags, has the resources that Crier's own stack has", () => {
  expect(typesOf(inOtherStack({ Crier: {} }).resources)).toEqual(typesOf(synthesised().resources));
});

test("Crier's own stack keeps its logical ids without the feature flags", () => {
  const ids = (resources: readonly Resource[]) => resources.map(({ id }) => id).toSorted();
  const withoutFlags = synthesise((app) => aStack(app), { hasFlags: false });
  expect(ids(withoutFlags.resources)).toEqual(ids(synthesised().resources));
});

/** A resource's own name: at the top, or in its only property. */
const Named = z.union([
  z.object({ Name: z.unknown() }).transform(({ Name }) => Name),
  z.record(z.string(), z.object({ Name: z.unknown() })).transform((only) => Object.values(only)[0]?.Name),
]);

test("two of them fit into one stack, because no two resources of a type have the same name", () => {
  const { resources, ofType } = inOtherStack({ Blog: { stage: "blog" }, Notes: { stage: "notes" } });
  // APIs may have the same name, and so may what is within them.
  const types = new Set(typesOf(resources.filter(({ type }) => !type.startsWith("AWS::ApiGatewayV2::"))));
  const named = [...types].flatMap((type) => {
    const names = ofType(type).flatMap(({ properties }) => Named.safeParse(properties).data ?? []);
    return names.length === 0 ? [] : [{ type, names: names.map((name) => JSON.stringify(name)) }];
  });
  expect(named.map(({ type }) => type)).toEqual([
    "AWS::CloudFront::CachePolicy",
    "AWS::CloudFront::Function",
    "AWS::CloudFront::OriginAccessControl",
    "AWS::CloudFront::ResponseHeadersPolicy",
    "AWS::SSM::Parameter",
  ]);
  for (const { type, names } of named) expect([type, names]).toEqual([type, [...new Set(names)]]);
});

test("a mistake in the configuration ends the synthesis with its line", () => {
  const site = { url: "nowhere" };
  expect(() => inOtherStack({ Crier: { site, stage: "Live" } })).toThrow(
    /^crier\.config\.ts: sites\[0\]\.url: use an absolute URL.*\nThe stage "Live" is not a valid name/,
  );
});

test("a folder that a deployment does not read is an information, which `--strict` accepts", () => {
  const site = { sources: [{ folder: "content" }] };
  const found = inApp((app) => Annotations.fromStack(aStack(app, { site })).findInfo("*", Match.anyValue()));
  expect(found.map(({ entry }) => entry.data)).toEqual([
    expect.stringContaining('sites[0].sources[0]: a deployment does not read the folder "content"'),
  ]);
});
