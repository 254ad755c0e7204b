/** `cdk deploy -c stage=NAME`: a second deployment beside the first. It is a part of the secrets' paths. */
export const stageOf = (context: unknown): string => {
  const stage = context ?? "production";
  if (typeof stage === "string" && /^[a-z][a-z0-9-]{0,30}$/.test(stage)) return stage;
  throw new Error(
    `The stage ${JSON.stringify(stage)} cannot be a name: use lower-case letters, digits and dashes, as in -c stage=preview.`,
  );
};
