import { vi } from "vitest";
import type { anAws } from "./aws-double.ts";

/** Variables for the SDK: the double as the endpoint, and no file of this machine. */
export const awsEnvironment = ({ client }: Awaited<ReturnType<typeof anAws>>): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: client.endpoint,
  AWS_REGION: client.region,
  AWS_ACCESS_KEY_ID: client.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: client.credentials.secretAccessKey,
  AWS_MAX_ATTEMPTS: "1",
  AWS_CONFIG_FILE: "/nowhere/config",
  AWS_SHARED_CREDENTIALS_FILE: "/nowhere/credentials",
  AWS_EC2_METADATA_DISABLED: "true",
});

/** Set for this test; undefined removes a variable. */
export const signIn = (variables: Readonly<Record<string, string | undefined>>): void => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
};
