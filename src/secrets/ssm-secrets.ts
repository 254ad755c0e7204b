import { GetParameterCommand, ParameterNotFound, type SSMClient } from "@aws-sdk/client-ssm";
import * as z from "zod";

export interface SsmSecrets {
  readonly client: SSMClient;
  /** The folder of the accounts' parameters, e.g. `/crier/production/accounts`. */
  readonly path: string;
}

/** The secret of an account, or undefined where it was never set. */
export type Secrets = (account: string) => Promise<Readonly<Record<string, string>> | undefined>;

/** One SecureString per account, a JSON object of strings, as `crier accounts set` writes it. */
const Secret = z.record(z.string(), z.string());

/**
 * A value that is no such object counts as a secret without a field: its account is connected, wrongly. So its deliveries
 * wait with the fields' names as their reason, and no feed and no other account waits with them. Neither the value nor
 * the parser's message, which quotes it, may reach a log.
 */
const parse = (text = ""): Readonly<Record<string, string>> => {
  try {
    return Secret.safeParse(JSON.parse(text)).data ?? {};
  } catch {
    return {};
  }
};

export const ssmSecrets =
  ({ client, path }: SsmSecrets): Secrets =>
  async (account) => {
    const name = `${path}/${account}`;
    try {
      const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
      return parse(Parameter?.Value);
    } catch (error) {
      if (error instanceof ParameterNotFound) return undefined;
      throw new Error(`Cannot read the parameter ${name}: check that the role may read it.`, { cause: error });
    }
  };
