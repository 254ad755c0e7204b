import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, type Stack, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import * as z from "zod";
import type { CrierProps } from "../../infra/crier-construct.ts";
import featureFlags from "../../infra/feature-flags.json" with { type: "json" };
import { CrierStack } from "../../infra/stack.ts";
import type { ConfigInput } from "../../src/config.ts";

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

export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly dependsOn: readonly string[];
  readonly deletionPolicy: string | undefined;
}

export interface AppOptions {
  /** CloudFormation's schemas check the template. Loading them takes as long as ten stacks. */
  readonly builtinCloudFormationValidation?: boolean;
  /** The app has the CDK's recommended feature flags, as that of `cdk synth`. */
  readonly hasFlags?: boolean;
}

/** An app without bundles, which would take longer than all tests: `npm run synth` builds them. */
export const inApp = <T>(
  use: (app: App) => T,
  { builtinCloudFormationValidation = false, hasFlags = true }: AppOptions = {},
): T => {
  const outdir = mkdtempSync(join(tmpdir(), "crier-infra-"));
  try {
    const app = new App({
      outdir,
      context: { ...(hasFlags && featureFlags), "aws:cdk:bundling-stacks": [] },
      builtinCloudFormationValidation,
    });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    return use(app);
  } finally {
    rmSync(outdir, { recursive: true });
  }
};

export interface StackOptions {
  readonly stage?: string;
  readonly deployment?: NonNullable<ConfigInput["deployment"]>;
  /** Settings of the only site. */
  readonly site?: Partial<ConfigInput["sites"][number]>;
}

export const crierProps = ({ stage = "test", deployment = {}, site }: StackOptions = {}): CrierProps => ({
  config: { sites: [{ id: "blog", title: "A Blog", url: "https://blog.example.com/", ...site }], deployment },
  stage,
});

/** The source of a site that is polled. */
export const polled = { sources: [{ feed: "https://blog.example.com/feed.xml" }] };

export const aStack = (app: App, options?: StackOptions, name = "Crier-test") =>
  new CrierStack(app, name, crierProps(options));

/** Makes a stack in an app, and returns what its template has. Throws for findings of cdk-nag without a reason. */
export const synthesise = (make: (app: App) => Stack, appOptions?: AppOptions) => {
  const { Resources, Outputs } = inApp((app) => {
    const { artifactId } = make(app);
    return Template.parse(app.synth().getStackArtifact(artifactId).template);
  }, appOptions);
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
  /** Those of `functions/`: the one that API Gateway needs for the check of a header is none of them. */
  const functions = ofType("AWS::Lambda::Function").filter(({ id }) => id.startsWith("Functions"));
  return { resources, outputs: Outputs, ofType, functions };
};

const made = new Map<string, ReturnType<typeof synthesise>>();

/** The template of the stack, synthesised once. */
export const synthesised = (options: StackOptions = {}, name?: string) => {
  const key = JSON.stringify([options, name]);
  const one = made.get(key) ?? synthesise((app) => aStack(app, options, name));
  made.set(key, one);
  return one;
};
