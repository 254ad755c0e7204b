import { randomBytes } from "node:crypto";
import { CommandError } from "../api/api-client.ts";
import { secretsOf } from "../domain/installation.ts";
import { mintedSecret } from "./minted-secret.ts";
import type { CommandResult } from "./subcommand.ts";

interface TokenOptions {
  readonly stage: string;
  /** Replaces the token that is there. */
  readonly rotate: boolean;
}

const createToken = (): string => randomBytes(32).toString("base64url");

/** A token with white space, as with a line break at its end, cannot be sent in a header (RFC 6750 §2.1). */
const checkUsable = (token: string, parameter: string): void => {
  if (!/^\S+$/.test(token))
    throw new CommandError(
      `the token in ${parameter} contains white space, so no request can match it: create another with npx crier token --rotate`,
    );
};

const notes = {
  made: "This token is new: until now the API answered 401 to every request.",
  rotated: "This token is new: the old one is refused within a minute.",
  read: "This is the existing token; --rotate replaces it.",
} as const;

/** The API's token of a deployment, created on first use. */
export const existingOrNewToken = async ({ stage, rotate }: TokenOptions) => {
  const parameter = secretsOf(stage).token;
  const { value: token, result, region } = await mintedSecret({ parameter, rotate, create: createToken });
  checkUsable(token, parameter);
  return { result, stage, parameter, region, token };
};

/**
 * Prints the API's token of a deployment. It is the only text on standard output, so that
 * `export CRIER_TOKEN=$(npx crier token)` works.
 */
export const deploymentToken = async (options: TokenOptions): Promise<CommandResult> => {
  const answer = await existingOrNewToken(options);
  const { token, parameter, region, result } = answer;
  return { answer, lines: [token], notes: [`${parameter} in ${region}. ${notes[result]}`] };
};
