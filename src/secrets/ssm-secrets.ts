import { GetParameterCommand, ParameterNotFound, type SSMClient } from "@aws-sdk/client-ssm";
import * as z from "zod";

export interface SsmSecrets {
  readonly client: SSMClient;
  /** The path of the accounts' parameters, e.g. `/crier/production/accounts`. */
  readonly path: string;
}

/** The secret of an account, or undefined where it was never set. */
export type Secrets = (account: string) => Promise<Readonly<Record<string, string>> | undefined>;

/** One SecureString per account, a JSON object of strings, as `crier accounts set` writes it. */
const Secret = z.record(z.string(), z.string());

/**
 * Any other value is read as a secret without fields: the account counts as connected, its deliveries wait with the names
 * of the missing fields as their reason, and feeds and other accounts go on. Neither the value nor the parser's message,
 * which quotes it, may reach a log.
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
