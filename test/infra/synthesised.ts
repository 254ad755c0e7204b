import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import * as z from "zod";
import { type CrierProps, CrierStack } from "../../infra/stack.ts";
import type { Config } from "../../src/config.ts";

const Template = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z.record(z.string(), z.unknown()).default({}),
      DependsOn: z.array(z.string()).default([]),
      DeletionPolicy: z.string().optional(),
    }),
  ),
  Outputs: z.record(z.string(), z.unknown()),
});

/** The flags of cdk.json, so that the tests have the result of `cdk synth`. */
const { context } = z
  .object({ context: z.record(z.string(), z.unknown()) })
  .parse(JSON.parse(readFileSync(new URL("../../cdk.json", import.meta.url), "utf8")));

export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly dependsOn: readonly string[];
  readonly deletionPolicy: string | undefined;
}

/**
 * An app without bundles, which would take longer than all tests: `npm run synth` builds them. By default the template
 * is not checked against CloudFormation's schemas, because loading them takes as long as ten stacks.
 */
export const inApp = <T>(use: (app: App) => T, builtinCloudFormationValidation = false): T => {
  const outdir = mkdtempSync(join(tmpdir(), "crier-infra-"));
  try {
    const app = new App({
      outdir,
      context: { ...context, "aws:cdk:bundling-stacks": [] },
      builtinCloudFormationValidation,
    });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    return use(app);
  } finally {
    rmSync(outdir, { recursive: true });
  }
};

/** The defaults of the configuration. */
export const deployment: Config["deployment"] = {
  posts: ["production"],
  monthlyBudget: 10,
  logDays: 90,
  redirects: {},
};

export const aStack = (app: App, props: Partial<CrierProps> = {}, name = "Crier-test") =>
  new CrierStack(app, name, {
    stage: "test",
    paths: {},
    pollsFeeds: false,
    deployment,
    ...props,
  });

const synthesise = (props: Partial<CrierProps>, name?: string) => {
  const { Resources, Outputs } = inApp((app) => {
    const { artifactId } = aStack(app, props, name);
    return Template.parse(app.synth().getStackArtifact(artifactId).template);
  });
  const resources = Object.entries(Resources).map(
    ([id, { Type, Properties, DependsOn, DeletionPolicy }]): Resource => ({
      id,
      type: Type,
      properties: Properties,
      dependsOn: DependsOn,
      deletionPolicy: DeletionPolicy,
    }),
  );
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  return { resources, outputs: Outputs, ofType };
};

const made = new Map<string, ReturnType<typeof synthesise>>();

/** The template of the stack, synthesised once. Throws for findings of cdk-nag without a reason. */
export const synthesised = (props: Partial<CrierProps> = {}, name?: string) => {
  const key = JSON.stringify([props, name]);
  const one = made.get(key) ?? synthesise(props, name);
  made.set(key, one);
  return one;
};
