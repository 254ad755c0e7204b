import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The configured paths that the function contains. */
export interface ViewerPaths {
  /** Old paths and their new ones. */
  readonly redirects: Readonly<Record<string, string>>;
  /** The configured paths of feeds, with the files that are served there. */
  readonly paths: Readonly<Record<string, string>>;
}

/** Returns the source of the function that CloudFront runs for each request of a reader. */
export const viewerRequest = ({ redirects, paths }: ViewerPaths): string =>
  readFileSync(join(import.meta.dirname, "viewer-function.js"), "utf8")
    .replace("const redirects = {};", () => `const redirects = ${JSON.stringify(redirects)};`)
    .replace("const feedPaths = {};", () => `const feedPaths = ${JSON.stringify(paths)};`);

/** The largest function in bytes ("Quotas on CloudFront Functions"). */
const maxSize = 10_240;

/** Checks the size beforehand, because CloudFront would refuse the function in the middle of a deployment. */
export const viewerRequestProblems = (configured: ViewerPaths): readonly string[] => {
  const size = Buffer.byteLength(viewerRequest(configured));
  if (size <= maxSize) return [];
  const [has, most] = [size, maxSize].map((count) => count.toLocaleString("en"));
  return [
    `deployment.redirects, sites[].feeds.paths: with all of them the function of CloudFront has ${has} bytes, and CloudFront takes ${most}: use fewer or shorter paths, or redirect some of them elsewhere`,
  ];
};
