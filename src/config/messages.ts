import * as z from "zod";
import { suggestion } from "../domain/findings.ts";

const kinds: Readonly<Record<string, string>> = {
  string: "a text in quotes",
  number: "a number",
  int: "a whole number",
  array: "a list: [ … ]",
  object: "an object: { … }",
  record: "an object: { … }",
};

const formats: Readonly<Record<string, string>> = {
  date: "use a day such as 2026-05-01",
  email: "use an e-mail address, for example me@example.com",
  url: "use an absolute URL, for example https://example.com/",
};

const unknownKeys = (keys: readonly string[], schema: unknown, more: readonly string[]): string => {
  const known = [...more, ...(schema instanceof z.ZodObject ? Object.keys(schema.shape) : [])];
  return keys.map((key) => `there is no key ${JSON.stringify(key)}: ${suggestion(key, known)}`).join("; ");
};

/**
 * Returns messages with the next step, for schemas without their own message. `more` are the keys that are allowed
 * besides those of the schema.
 */
export const errorMessages =
  (more: readonly string[] = []): z.core.$ZodErrorMap =>
  (issue) => {
    switch (issue.code) {
      case "invalid_type": {
        const kind = kinds[issue.expected] ?? issue.expected;
        return issue.input === undefined ? `this is missing: write ${kind}` : `use ${kind}`;
      }
      case "invalid_value":
        return `use ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`;
      case "invalid_format":
        return formats[issue.format];
      case "too_small":
        return issue.origin === "string"
          ? "this is empty: write something, or leave it out"
          : `use ${issue.minimum} or more`;
      case "too_big":
        return `use ${issue.maximum} or less`;
      case "unrecognized_keys":
        return unknownKeys(issue.keys, issue.inst, more);
      default:
        return undefined;
    }
  };

/** `["sites", 0, "url"]` → `sites[0].url`. */
export const formatPath = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");

/** Returns the message of an issue. For an invalid key zod's message has no reason, which is in the inner issues. */
const issueMessage = (issue: z.core.$ZodIssue): string =>
  issue.code === "invalid_key" ? issue.issues.map(({ message }) => message).join("; ") : issue.message;

/** Returns the issues of the intended alternative of a union: the one whose issues are inside the value. */
const intendedIssues = (issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] => {
  const inside =
    issue.code === "invalid_union"
      ? issue.errors.find((issues) => issues.every(({ path }) => path.length > 0))
      : undefined;
  return inside?.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })) ?? [issue];
};

/** Returns one line for each mistake, with its path. */
export const problemLines = (issues: readonly z.core.$ZodIssue[]): readonly string[] =>
  issues.flatMap(intendedIssues).map((issue) => `${formatPath(issue.path) || "config"}: ${issueMessage(issue)}`);
