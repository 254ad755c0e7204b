import { randomBytes } from "node:crypto";
import { CommandError } from "../api/api-client.ts";
import { stageSecrets, storageParameter } from "../domain/installation.ts";
import { ParameterError, type Parameters, ssmParameters } from "../secrets/parameters.ts";
import type { CommandResult } from "./command.ts";

interface TokenOptions {
  readonly stage: string;
  /** Replaces an existing token. */
  readonly rotate: boolean;
  /** The read-only token. */
  readonly plan: boolean;
}

const createToken = (): string => randomBytes(32).toString("base64url");

/** A token with white space, such as a line break at its end, cannot be sent in a header (RFC 6750 §2.1). */
const checkUsable = (token: string, parameter: string, plan: boolean): void => {
  if (!/^\S+$/.test(token))
    throw new CommandError(
      `the token in ${parameter} contains white space, so no request can match it: create another with npx crier token${plan ? " --plan" : ""} --rotate`,
    );
};

const notes = {
  made: "This token is new: until now the API answered 401 to every request.",
  "made for plans": "This token is new; it allows GET and POST /api/plan alone.",
  rotated: "This token is new: the old one is refused within a minute.",
  read: "This is the existing token; --rotate replaces it.",
} as const;

/** Returns a token of a deployment's API, which is created on first use. */
export const existingOrNewToken = async ({ stage, rotate, plan }: TokenOptions) => {
  const parameters = stageSecrets(stage);
  const parameter = plan ? parameters.planToken : parameters.token;
  const { value: token, result, region } = await mintedSecret({ stage, parameter, rotate, create: createToken });
  checkUsable(token, parameter, plan);
  return { result, stage, parameter, region, token };
};

/**
 * Prints a token of a deployment's API. It is the only text on standard output, so that
 * `export CRIER_TOKEN=$(npx crier token)` works.
 */
export const deploymentToken = async (options: TokenOptions): Promise<CommandResult> => {
  const answer = await existingOrNewToken(options);
  const { token, parameter, region, result } = answer;
  const note = options.plan && result === "made" ? notes["made for plans"] : notes[result];
  return { answer, lines: [token], notes: [`${parameter} in ${region}. ${note}`] };
};

interface MintedOptions {
  readonly stage: string;
  readonly parameter: string;
  /** Replaces an existing secret. */
  readonly rotate: boolean;
  readonly create: () => string;
}

interface Minted {
  readonly value: string;
  readonly result: "made" | "rotated" | "read";
  readonly region: string;
}

/** A secret of a deployment that nobody needs to choose. It is created on first use, and read afterwards. */
export const mintedSecret = ({ stage, parameter, rotate, create }: MintedOptions): Promise<Minted> =>
  withParameters(async (parameters) => {
    const minted = async (value: string, result: Minted["result"]): Promise<Minted> => ({
      value,
      result,
      region: await parameters.region(),
    });
    const fresh = create();
    if (rotate) {
      await checkDeployed(stage, parameters);
      await parameters.put(parameter, fresh);
      return minted(fresh, "rotated");
    }
    const present = await parameters.read(parameter);
    if (present !== undefined) return minted(present, "read");
    await checkDeployed(stage, parameters);
    if (await parameters.create(parameter, fresh)) return minted(fresh, "made");
    // Another process created a secret at the same moment, which is used.
    const other = await parameters.read(parameter);
    if (other === undefined)
      throw new CommandError(`${parameter} was created and deleted at the same moment: try again`);
    return minted(other, "read");
  });

export const noDeployment = async (stage: string, parameters: Parameters): Promise<CommandError> =>
  new CommandError(
    `there is no deployment of the stage ${stage} in ${await parameters.region()} (no parameter ${storageParameter(stage)}): run npx cdk deploy, or set AWS_REGION`,
  );

/** Throws where a stage is not deployed in this region: nothing would read a secret that is written there. */
export const checkDeployed = async (stage: string, parameters: Parameters): Promise<void> => {
  if ((await parameters.read(storageParameter(stage))) === undefined) throw await noDeployment(stage, parameters);
};

/** Gives an action access to Parameter Store. A refusal by AWS becomes an error of the command. */
export const withParameters = async <T>(action: (parameters: Parameters) => Promise<T>): Promise<T> => {
  try {
    return await action(ssmParameters());
  } catch (error) {
    if (error instanceof ParameterError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
};
