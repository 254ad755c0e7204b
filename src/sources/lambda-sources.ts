import { bucket } from "./bucket-source.ts";
import { deployedFeed } from "./feed-source.ts";
import type { LambdaSourceKind } from "./source-kind.ts";

/** Every source that a deployment reads documents from. A new one is its file and one line here. */
export const lambdaSources: readonly LambdaSourceKind[] = [bucket, deployedFeed];
