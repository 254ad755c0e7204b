import {
  GetParameterCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { codeOf } from "../domain/error-code.ts";

/** Parameter Store, for the commands of `crier`. Every value is a SecureString, encrypted with the AWS account's key `aws/ssm`. */
export interface Parameters {
  /** The AWS region of the parameters. */
  region(): Promise<string>;
  /** The decrypted value; undefined where there is no parameter. */
  read(name: string): Promise<string | undefined>;
  /** Replaces the value where there is one. */
  put(name: string, value: string): Promise<void>;
  /** Writes nothing and answers false where there is a parameter already. */
  create(name: string, value: string): Promise<boolean>;
}

/** AWS refused or did not answer. The message is one line with the next step. It contains neither a value nor AWS's own message, which may quote one. */
export class ParameterError extends Error {
  override readonly name = "ParameterError";
}

const isExpired = (code: string): boolean =>
  /^(?:UnrecognizedClient|InvalidSignature|ExpiredToken|InvalidClientTokenId|IncompleteSignature|MissingAuthenticationToken)/.test(
    code,
  );

const isUnreachable = (code: string): boolean => /^(?:E[A-Z_]{4,}|TimeoutError|AggregateError)$/.test(code);

/** `action`: the IAM action that was refused, e.g. `ssm:PutParameter`. */
const toParameterError = (error: unknown, action: string, name: string): ParameterError => {
  const code = codeOf(error) ?? (error instanceof Error ? error.name : "unknown");
  // The SDK's two errors about a region have no code: "Region is missing", "Region not accepted".
  if (error instanceof Error && error.message.startsWith("Region "))
    return new ParameterError(
      "no AWS region is set, or it is not valid: set AWS_REGION to the region of the deployment, e.g. AWS_REGION=eu-central-1",
    );
  if (/^(?:CredentialsProviderError|TokenProviderError)$/.test(code))
    return new ParameterError("no AWS credentials were found: sign in with `aws sso login`, or set AWS_PROFILE");
  if (isExpired(code))
    return new ParameterError(`AWS does not accept the credentials (${code}): sign in again, or set AWS_PROFILE`);
  if (code === "AccessDeniedException")
    return new ParameterError(
      `AWS refuses access to ${name}: sign in as a user or role that is allowed ${action} there`,
    );
  if (isUnreachable(code))
    return new ParameterError(`no answer from AWS (${code}): check the network and AWS_REGION, and try again`);
  return new ParameterError(
    `AWS refuses ${action} for ${name} (${code}): try again, or look the code up in the API reference of Parameter Store`,
  );
};

/** The SDK finds the region and the credentials: in `AWS_REGION`, `AWS_PROFILE` and the files of the AWS command line. */
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
        throw toParameterError(error, "ssm:GetParameter", name);
      }
    },
    put: async (name, value) => {
      try {
        await put(name, value, true);
      } catch (error) {
        throw toParameterError(error, "ssm:PutParameter", name);
      }
    },
    create: async (name, value) => {
      try {
        await put(name, value, false);
        return true;
      } catch (error) {
        if (error instanceof ParameterAlreadyExists) return false;
        throw toParameterError(error, "ssm:PutParameter", name);
      }
    },
  };
};
