import { randomBytes } from "node:crypto";
import { CommandError } from "../api/api-client.ts";
import { secretsOf } from "../domain/deployment-stage.ts";
import { withParameters } from "./open-parameters.ts";
import type { Done } from "./publish-documents.ts";

interface Wanted {
  readonly stage: string;
  /** A new one in the place of the old. */
  readonly rotate: boolean;
}

const mint = (): string => randomBytes(32).toString("base64url");

/** The API compares it with one word of a header (RFC 6750 §2.1): a line break at the end of it refuses everybody. */
const usable = (token: string, parameter: string): string => {
  if (/^\S+$/.test(token)) return token;
  throw new CommandError(
    `the token in ${parameter} holds white space, so no request can match it: mint another with npx crier token --rotate`,
  );
};

const notes = {
  made: "A new token: until now the API answered 401 to everybody.",
  rotated: "A new token: the old one is refused within a minute.",
  read: "The token that is set. --rotate makes a new one.",
} as const;

/**
 * The API's token of a deployment, made on first use. It alone stands on standard output, so that
 * `export CRIER_TOKEN=$(npx crier token)` works.
 */
export const deploymentToken = ({ stage, rotate }: Wanted): Promise<Done> =>
  withParameters(async (parameters) => {
    const parameter = secretsOf(stage).token;
    const done = async (token: string, result: keyof typeof notes): Promise<Done> => {
      const region = await parameters.region();
      return {
        answer: { result, stage, parameter, region, token },
        lines: [token],
        notes: [`${parameter} in ${region}. ${notes[result]}`],
      };
    };
    if (rotate) {
      const token = mint();
      await parameters.put(parameter, token);
      return done(token, "rotated");
    }
    const present = await parameters.read(parameter);
    if (present !== undefined) return done(usable(present, parameter), "read");
    const token = mint();
    if (await parameters.create(parameter, token)) return done(token, "made");
    // Somebody made one at the same moment: theirs counts.
    const theirs = await parameters.read(parameter);
    if (theirs === undefined) throw new CommandError(`${parameter} was made and deleted at this moment: try again`);
    return done(usable(theirs, parameter), "read");
  });
