import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

/** The folders whose code answers requests behind CloudFront. */
const folders = ["src/api", "src/console", "src/contract", "src/runtimes/lambda", "functions"];

const withoutComments = (code: string): string => code.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");

/** True if the code names the status, or uses a part of Hono that answers it. */
const answersForbidden = (code: string): boolean => /\b403\b|["']hono\/csrf["']/.test(withoutComments(code));

test("neither the API nor the console answers 403: CloudFront would answer with the page for what is not there", async () => {
  const files = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(join(root, folder), { recursive: true })).map((file) => `${folder}/${file}`),
    ),
  );
  const sources = files.flat().filter((file) => file.endsWith(".ts") || file.endsWith("openapi.json"));
  expect(sources.length).toBeGreaterThan(30);
  const found = await Promise.all(
    sources.map(async (file) => (answersForbidden(await readFile(join(root, file), "utf8")) ? [file] : [])),
  );
  expect(found.flat()).toEqual([]);
});

test.each([
  ["return problem(c, 403, refusal);", true],
  ["const statuses = {\n  403: 'Not allowed',\n};", true],
  ['import { csrf } from "hono/csrf";', true],
  ["// The network answers 403.\nreturn problem(c, 401, refusal);", false],
])("%s is judged", (code, isFound) => {
  expect(answersForbidden(code)).toBe(isFound);
});
