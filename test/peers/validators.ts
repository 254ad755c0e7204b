import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { isRecord } from "../../src/domain/json-value.ts";
import { runProgram } from "./run-program.ts";
import schema from "./schemas/json-feed.schema.json" with { type: "json" };

interface Document {
  /** The name in the findings. */
  readonly path: string;
  readonly text: string;
}

const schemas = join(import.meta.dirname, "schemas");

const lines = (text: string): readonly string[] => text.split("\n").filter((line) => line.trim() !== "");

/** The findings of jing. Each line begins with the path of the document. */
const jing = async (schema: string, documents: readonly Document[]): Promise<readonly string[]> => {
  const folder = await mkdtemp(join(tmpdir(), "crier-jing-"));
  try {
    const files = documents.map((_, index) => join(folder, `${index}.xml`));
    await Promise.all(documents.map(({ text }, index) => writeFile(files[index] ?? "", text)));
    const compact = schema.endsWith(".rnc") ? ["-c"] : [];
    const { exit, out, err } = await runProgram("jing", [...compact, join(schemas, schema), ...files]);
    // No output means no findings only where the exit code is 0.
    if (exit !== 0 && out.trim() === "") throw new Error(`jing ended with ${exit}: ${err}`);
    return lines(documents.reduceRight((text, { path }, index) => text.replaceAll(files[index] ?? "", path), out));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** jing does not name the file of a failed assertion: where there is one, each file is checked alone. */
const assertions = async (schema: string, documents: readonly Document[]): Promise<readonly string[]> => {
  if (documents.length === 0 || (await jing(schema, documents)).length === 0) return [];
  const each = documents.map(async (one) => (await jing(schema, [one])).map((line) => `${one.path}: ${line.trim()}`));
  return (await Promise.all(each)).flat();
};

/** Checks the grammar, and then the rules that a grammar cannot express. */
const byGrammarAndRules = async (kind: string, documents: readonly Document[]): Promise<readonly string[]> => {
  const found = documents.length === 0 ? [] : await jing(`${kind}.rnc`, documents);
  const rest = documents.filter(({ path }) => !found.some((line) => line.startsWith(`${path}:`)));
  return [...found, ...(await assertions(`${kind}.sch`, rest))];
};

const ajv = new Ajv2020({ allErrors: true });
formats.default(ajv);
const isJsonFeed = ajv.compile(schema);

const ids = (feed: unknown): readonly unknown[] => {
  const items = isRecord(feed) ? feed.items : [];
  return Array.isArray(items) ? items.map(({ id }) => id) : [];
};

const jsonFindings = ({ path, text }: Document): readonly string[] => {
  const feed: unknown = JSON.parse(text);
  isJsonFeed(feed);
  const found = (isJsonFeed.errors ?? []).map(
    ({ instancePath, message, params }) => `${path}${instancePath}: ${message} ${JSON.stringify(params)}`,
  );
  return new Set(ids(feed)).size === ids(feed).length ? found : [...found, `${path}: two items share an id`];
};

/** Checks documents of one media type with its schema. Each finding is a line that begins with the path. */
export const findings: Readonly<Record<string, (documents: readonly Document[]) => Promise<readonly string[]>>> = {
  "application/rss+xml": (documents) => byGrammarAndRules("rss", documents),
  "application/atom+xml": (documents) => byGrammarAndRules("atom", documents),
  "application/feed+json": async (documents) => documents.flatMap(jsonFindings),
  "text/x-opml": async (documents) => (documents.length === 0 ? [] : jing("opml.rnc", documents)),
};
