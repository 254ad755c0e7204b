import * as z from "zod";
import { errorCode } from "../domain/errors.ts";

const isExpired = (code: string): boolean =>
  /^(?:UnrecognizedClient|InvalidSignature|ExpiredToken|InvalidClientTokenId|IncompleteSignature|MissingAuthenticationToken)/.test(
    code,
  );

const isUnreachable = (code: string): boolean => /^(?:E[A-Z_]{4,}|TimeoutError|AggregateError)$/.test(code);

const forbidden = z.object({ $metadata: z.object({ httpStatusCode: z.literal(403) }) });

/** S3 uses the second name, and none for a HEAD request, whose answer has no body. */
const isAccessDenied = (code: string, error: unknown): boolean =>
  code === "AccessDeniedException" ||
  code === "AccessDenied" ||
  (code === "Unknown" && forbidden.safeParse(error).success);

/**
 * Explains in one line, with the next step, why AWS refused a call or did not answer. The line contains no value and
 * not AWS's own message, which may quote one. `action` is the IAM action of the call, e.g. `ssm:PutParameter`.
 */
export const explainAws = (error: unknown, action: string, resource: string): string => {
  const code = errorCode(error) ?? (error instanceof Error ? error.name : "unknown");
  // The SDK's two errors about a region have no code: "Region is missing", "Region not accepted".
  if (error instanceof Error && error.message.startsWith("Region "))
    return "no AWS region is set, or it is not valid: set AWS_REGION to the region of the deployment, e.g. AWS_REGION=eu-central-1";
  if (/^(?:CredentialsProviderError|TokenProviderError)$/.test(code))
    return "no AWS credentials were found: sign in with `aws sso login`, or set AWS_PROFILE";
  if (isExpired(code)) return `AWS does not accept the credentials (${code}): sign in again, or set AWS_PROFILE`;
  if (isAccessDenied(code, error))
    return `AWS refuses access to ${resource}: sign in as a user or role that is allowed ${action} there`;
  if (isUnreachable(code)) return `no answer from AWS (${code}): check the network and AWS_REGION, and try again`;
  return `AWS refuses ${action} for ${resource} (${code}): try again, or look the code up in the API reference of the service`;
};
