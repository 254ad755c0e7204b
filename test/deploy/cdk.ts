import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import type { ConfigInput } from "../../src/config.ts";
import { account, type Emulator, region } from "./emulator.ts";

const root = join(import.meta.dirname, "../..");
const stack = "Crier-production";

const Template = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), DeletionPolicy: z.string().optional(), Properties: z.unknown().optional() }),
  ),
});
const StackOutputs = z.object({
  UploadBucket: z.string(),
  FeedsBucket: z.string(),
  AlarmTopic: z.string(),
  FeedsUrl: z.string(),
});
const Outputs = z.object({ [stack]: StackOutputs });

const textOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "stdout" in error && "stderr" in error
    ? `${error.stdout}\n${error.stderr}`
    : String(error);

/** The app runs with the check's own configuration. */
const withConfig = "node --import ./test/deploy/planted-config.mjs infra/app.ts";

interface Elsewhere {
  /** The folder of its template. */
  readonly assembly: string;
  readonly outputs: (stack: string) => Promise<unknown>;
}

/** A stack that another command has deployed. */
export const deployedFrom = (cdk: Cdk, name: string, { assembly, outputs }: Elsewhere): Cdk => ({
  ...cdk,
  stack: name,
  template: async () => Template.parse(JSON.parse(await readFile(join(assembly, `${name}.template.json`), "utf8"))),
  outputs: async () => StackOutputs.parse(await outputs(name)),
});

/** The command line of the CDK, as an owner uses it, with the emulator. `config`: in the place of `crier.config.ts`. */
export const cdkOn = (emulator: Emulator, sandbox: () => string, config?: ConfigInput) => {
  const env = config === undefined ? emulator.env : { ...emulator.env, CHECK_CONFIG: JSON.stringify(config) };
  const [assembly, outputs] = [join(emulator.folder, "cdk.out"), join(emulator.folder, "outputs.json")];
  const name: string = stack;
  const cdkIn = async (cwd: string, ...args: readonly string[]): Promise<string> => {
    try {
      const { stdout, stderr } = await promisify(execFile)("cdk", args, {
        cwd,
        env,
        maxBuffer: 32 * 1024 * 1024,
      });
      return `${stdout}\n${stderr}`;
    } catch (cause) {
      // The output of the command has the reason.
      throw new Error(`cdk ${args[0]} failed:\n${textOf(cause).slice(-4_000)}`);
    }
  };
  const cdk = (...args: readonly string[]) => cdkIn(root, ...args);
  const source = config === undefined ? [] : ["-a", withConfig];
  const app = () => ["-c", `sandbox=${sandbox()}`, "-o", assembly, ...source];
  /** Uses the last synthesised assembly, without the app. */
  const synthesised = ["-a", assembly] as const;
  const deploy = (...from: readonly string[]) =>
    cdk("deploy", "--require-approval", "never", "--outputs-file", outputs, ...from);
  // Compares templates, because the change sets of the emulator have no changes.
  const diff = (...from: readonly string[]) => cdk("diff", "--fail", "--method", "template", ...from);
  /** Another stage of the same app, in its own assembly. */
  const beside = (stage: string) => {
    const other = join(emulator.folder, `cdk.out-${stage}`);
    return {
      stack: `Crier-${stage}`,
      deploy: () =>
        cdk("deploy", "--require-approval", "never", "-c", `stage=${stage}`, ...app().slice(0, 2), "-o", other),
      destroy: () => cdk("destroy", "--force", "-a", other),
    };
  };
  return {
    stack: name,
    beside,
    /** Follows docs/deploy.md. The CDK starts the app, although it does not need it. */
    bootstrap: () => cdk("bootstrap", `aws://${account}/${region}`, "-o", assembly),
    /** Runs in a folder without an app. */
    bootstrapAlone: () => cdkIn(emulator.folder, "bootstrap", `aws://${account}/${region}`),
    deploy: () => deploy(...app()),
    /** Deploys the program in another folder over the stack. */
    deployFrom: (folder: string) =>
      cdkIn(
        folder,
        ...["deploy", stack, "--require-approval", "never", "--outputs-file", outputs],
        ...["-c", `sandbox=${sandbox()}`, "-o", `${assembly}-${basename(folder)}`],
      ),
    deploySynthesised: () => deploy(...synthesised),
    diff: () => diff(...app()),
    diffSynthesised: () => diff(...synthesised),
    destroy: () => cdk("destroy", "--force", ...app()),
    destroySynthesised: () => cdk("destroy", "--force", ...synthesised),
    template: async () => Template.parse(JSON.parse(await readFile(join(assembly, `${stack}.template.json`), "utf8"))),
    outputs: async () => Outputs.parse(JSON.parse(await readFile(outputs, "utf8")))[stack],
  };
};

export type Cdk = ReturnType<typeof cdkOn>;
