import {
  GetParameterCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { codeOf } from "../domain/error-code.ts";

/** Parameter Store as a person at a terminal uses it. Every value is a SecureString under the account's key `aws/ssm`. */
export interface Parameters {
  /** Their AWS region. */
  region(): Promise<string>;
  /** The decrypted value; undefined where there is none. */
  read(name: string): Promise<string | undefined>;
  /** Over what is there. */
  put(name: string, value: string): Promise<void>;
  /** False, and nothing written, where there is one already. */
  create(name: string, value: string): Promise<boolean>;
}

/** AWS refused a request or did not answer; one line with the next step. It holds neither a value nor AWS's message, which may quote one. */
export class ParameterError extends Error {
  override readonly name = "ParameterError";
}

const isExpired = (code: string): boolean =>
  /^(?:UnrecognizedClient|InvalidSignature|ExpiredToken|InvalidClientTokenId|IncompleteSignature|MissingAuthenticationToken)/.test(
    code,
  );

const isUnreachable = (code: string): boolean => /^(?:E[A-Z_]{4,}|TimeoutError|AggregateError)$/.test(code);

/** `right`: the permission that it needs, e.g. `ssm:PutParameter`. */
const told = (error: unknown, right: string, name: string): ParameterError => {
  const code = codeOf(error) ?? (error instanceof Error ? error.name : "unknown");
  // The SDK's two refusals of a region have no code: "Region is missing", "Region not accepted".
  if (error instanceof Error && error.message.startsWith("Region "))
    return new ParameterError(
      "no AWS region is set, or it is not valid: set AWS_REGION to that of the deployment, e.g. AWS_REGION=eu-central-1",
    );
  if (/^(?:CredentialsProviderError|TokenProviderError)$/.test(code))
    return new ParameterError("no AWS credentials were found: sign in with `aws sso login`, or set AWS_PROFILE");
  if (isExpired(code))
    return new ParameterError(`AWS does not accept the credentials (${code}): sign in again, or set AWS_PROFILE`);
  if (code === "AccessDeniedException")
    return new ParameterError(`AWS refuses access to ${name}: sign in with the permission ${right}`);
  if (isUnreachable(code))
    return new ParameterError(`no answer from AWS (${code}): check the network and AWS_REGION, and try again`);
  return new ParameterError(
    `AWS refuses ${right} for ${name} (${code}): try again, or look the code up in the API reference of Parameter Store`,
  );
};

/** Region and credentials come from the SDK's own chain: `AWS_REGION`, `AWS_PROFILE`, the files of the AWS command line. */
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
        throw told(error, "ssm:GetParameter", name);
      }
    },
    put: async (name, value) => {
      try {
        await put(name, value, true);
      } catch (error) {
        throw told(error, "ssm:PutParameter", name);
      }
    },
    create: async (name, value) => {
      try {
        await put(name, value, false);
        return true;
      } catch (error) {
        if (error instanceof ParameterAlreadyExists) return false;
        throw told(error, "ssm:PutParameter", name);
      }
    },
  };
};
