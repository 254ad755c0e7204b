export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

/**
 * The credentials of a function are in its environment ("Defined runtime environment variables" in Lambda's developer
 * guide). The SDK's default chain also supports profiles, SSO, web identities and instance metadata.
 */
export const defaultProvider = () => async (): Promise<Credentials> => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY)
    throw new Error(
      "AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is missing: a bundle reads no profile, so set both where it runs outside Lambda.",
    );
  return { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken: AWS_SESSION_TOKEN };
};
