import type { Env } from "markdown-it";
import type { Findings } from "../domain/findings.ts";
import type { ResolveReference } from "../domain/reference.ts";

/** What the rules know about the document that is parsed. The parsers themselves have no state. */
export interface DocumentContext {
  readonly isMdx: boolean;
  readonly found: Findings;
  readonly resolve: ResolveReference;
  /** The URL of the post. */
  readonly page: string;
}

const contexts = new WeakMap<Env, DocumentContext>();

/** The environment of one parse. */
export const environmentOf = (context: DocumentContext): Env => {
  const env: Env = {};
  contexts.set(env, context);
  return env;
};

/** The context of the document whose environment a rule was given. */
export const contextOf = (env: Env): DocumentContext => {
  const context = contexts.get(env);
  if (context === undefined) throw new Error("A parser was called without environmentOf().");
  return context;
};
