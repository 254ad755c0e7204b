import { randomBytes } from "node:crypto";
import { CommandError } from "../api/api-client.ts";
import { secretsOf } from "../domain/deployment-stage.ts";
import { withParameters } from "./open-parameters.ts";
import type { CommandResult } from "./subcommand.ts";

interface TokenOptions {
  readonly stage: string;
  /** Replaces the token that is there. */
  readonly rotate: boolean;
}

const createToken = (): string => randomBytes(32).toString("base64url");

/** A token with white space, as with a line break at its end, cannot be sent in a header (RFC 6750 §2.1). */
const requireUsable = (token: string, parameter: string): string => {
  if (/^\S+$/.test(token)) return token;
  throw new CommandError(
    `the token in ${parameter} contains white space, so no request can match it: create another with npx crier token --rotate`,
  );
};

const notes = {
  made: "This token is new: until now the API answered 401 to every request.",
  rotated: "This token is new: the old one is refused within a minute.",
  read: "This is the existing token; --rotate replaces it.",
} as const;

/**
 * The API's token of a deployment, created on first use. It is the only text on standard output, so that
 * `export CRIER_TOKEN=$(npx crier token)` works.
 */
export const deploymentToken = ({ stage, rotate }: TokenOptions): Promise<CommandResult> =>
  withParameters(async (parameters) => {
    const parameter = secretsOf(stage).token;
    const resultOf = async (token: string, result: keyof typeof notes): Promise<CommandResult> => {
      const region = await parameters.region();
      return {
        answer: { result, stage, parameter, region, token },
        lines: [token],
        notes: [`${parameter} in ${region}. ${notes[result]}`],
      };
    };
    if (rotate) {
      const token = createToken();
      await parameters.put(parameter, token);
      return resultOf(token, "rotated");
    }
    const present = await parameters.read(parameter);
    if (present !== undefined) return resultOf(requireUsable(present, parameter), "read");
    const token = createToken();
    if (await parameters.create(parameter, token)) return resultOf(token, "made");
    // Another process created one at the same moment: that one is used.
    const other = await parameters.read(parameter);
    if (other === undefined)
      throw new CommandError(`${parameter} was created and deleted at the same moment: try again`);
    return resultOf(requireUsable(other, parameter), "read");
  });
