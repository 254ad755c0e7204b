import {
  GetParameterCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { explainAws } from "./aws-failure.ts";

/**
 * Parameter Store, for the commands of `crier`. Every value is a SecureString, encrypted with the AWS account's key
 * `aws/ssm`.
 */
export interface Parameters {
  /** The AWS region of the parameters. */
  region(): Promise<string>;
  /** Returns the decrypted value; undefined if there is no parameter. */
  read(name: string): Promise<string | undefined>;
  /** Writes a value, and replaces an existing one. */
  put(name: string, value: string): Promise<void>;
  /** Writes a value. Returns false, and writes nothing, if the parameter exists. */
  create(name: string, value: string): Promise<boolean>;
}

/**
 * AWS refused or did not answer. The message is one line with the next step. It contains neither a value nor AWS's own
 * message, which may quote one.
 */
export class ParameterError extends Error {
  override readonly name = "ParameterError";
}

/**
 * The SDK finds the region and the credentials: in `AWS_REGION`, `AWS_PROFILE` and the files of the AWS command line.
 */
export const ssmParameters = (client: SSMClient = new SSMClient({})): Parameters => {
  const put = async (Name: string, Value: string, Overwrite: boolean): Promise<void> => {
    await client.send(new PutParameterCommand({ Name, Value, Overwrite, Type: "SecureString" }));
  };
  return {
    region: () => client.config.region(),
    read: async (name) => {
      try {
        const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
        return Parameter?.Value;
      } catch (error) {
        if (error instanceof ParameterNotFound) return undefined;
        throw new ParameterError(explainAws(error, "ssm:GetParameter", name));
      }
    },
    put: async (name, value) => {
      try {
        await put(name, value, true);
      } catch (error) {
        throw new ParameterError(explainAws(error, "ssm:PutParameter", name));
      }
    },
    create: async (name, value) => {
      try {
        await put(name, value, false);
        return true;
      } catch (error) {
        if (error instanceof ParameterAlreadyExists) return false;
        throw new ParameterError(explainAws(error, "ssm:PutParameter", name));
      }
    },
  };
};
