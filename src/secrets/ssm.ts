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

const parse = (text = ""): Readonly<Record<string, string>> | undefined => {
  try {
    return Secret.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

export const ssmSecrets =
  ({ client, path }: SsmSecrets): Secrets =>
  async (account) => {
    const name = `${path}/${account}`;
    try {
      const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
      const secret = parse(Parameter?.Value);
      if (secret !== undefined) return secret;
    } catch (error) {
      if (error instanceof ParameterNotFound) return undefined;
      throw new Error(`Cannot read the parameter ${name}: check that the role may read it.`, { cause: error });
    }
    // Neither the value nor the parser's message, which quotes it, may reach a log.
    throw new Error(`The parameter ${name} holds no JSON object of strings: run \`crier accounts set ${account}\`.`);
  };
