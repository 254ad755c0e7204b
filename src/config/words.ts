import * as z from "zod";

/** How many letters have to change between two words (Levenshtein). */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let at = 1; at <= to.length; at++) {
      const replaced = (row[at - 1] ?? 0) + (to[at - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
};

/** "did you mean …?" where one of the known words is near, else all of them. */
export const suggestion = (word: string, known: readonly string[]): string => {
  const near = known
    .map((candidate) => ({ candidate, far: distance(word.slice(0, 40), candidate) }))
    .filter(({ far }) => far <= 2 && far <= word.length / 2)
    .toSorted((a, b) => a.far - b.far)[0];
  return near === undefined ? `use ${known.join(", ")}` : `did you mean ${JSON.stringify(near.candidate)}?`;
};

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
 * What is wrong and the next step, where a schema has no message of its own. `more`: keys that are allowed besides
 * the schema's.
 */
export const words =
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
export const place = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");

/** For an invalid key, zod's own message gives no reason. */
const problemOf = (issue: z.core.$ZodIssue): string =>
  issue.code === "invalid_key" ? issue.issues.map(({ message }) => message).join("; ") : issue.message;

/** Of two ways to write something, the one that was meant: its mistakes lie inside. */
const meant = (issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] => {
  const inside =
    issue.code === "invalid_union"
      ? issue.errors.find((issues) => issues.every(({ path }) => path.length > 0))
      : undefined;
  return inside?.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })) ?? [issue];
};

/** One line for each mistake, with its place. */
export const lines = (issues: readonly z.core.$ZodIssue[]): readonly string[] =>
  issues.flatMap(meant).map((issue) => `${place(issue.path) || "config"}: ${problemOf(issue)}`);
