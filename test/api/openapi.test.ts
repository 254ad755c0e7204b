import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import ajvFormats from "ajv-formats";
import { generateSource } from "oazapfts";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { describeApi, missingParts } from "../../src/api/openapi.ts";
import { operation } from "../../src/api/operation.ts";
import { operationExamples } from "../../src/api/operation-examples.ts";
import { operations } from "../../src/api/operations.ts";

const root = join(import.meta.dirname, "../..");
const file = join(root, "src/api/openapi.json");
const clientFile = join(root, "test/support/generated-client.ts");
const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(await readFile(join(root, "package.json"), "utf8")));

const description = describeApi(operations, operationExamples, version);
const written = `${JSON.stringify(description, null, 2)}\n`;

/** Writes what is recorded where that is wished, and else compares. */
const holdEqual = async (path: string, text: string): Promise<void> => {
  if (process.env.RECORD === "1") await writeFile(path, text);
  const command = "RECORD=1 npx vitest run --project unit test/api/openapi.test.ts";
  expect(await readFile(path, "utf8").catch(() => ""), `${path} is not up to date: run ${command}`).toBe(text);
};

describe("the description of the API", () => {
  it("is the file that the API answers with", () => holdEqual(file, written));

  it("is what the client of the tests was generated from", async () =>
    // The generator knows nothing of this project's stricter options of the compiler.
    holdEqual(clientFile, `// @ts-nocheck\n${await generateSource(file)}`));

  it("is valid OpenAPI 3.1", async () => {
    const { valid, errors } = await new Validator().validate(JSON.parse(written));
    expect({ valid, errors }).toMatchObject({ valid: true });
  });

  it("has an example of every answer and every problem, which its schema allows", () => {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, validateFormats: true });
    ajvFormats.default(ajv);
    ajv.addVocabulary(["components", "example"]);
    ajv.addSchema({ $id: "crier", components: description.components });
    const wrong: string[] = [];
    let count = 0;
    const judge = (at: string, { schema, example, examples }: z.output<typeof media>): void => {
      const text = JSON.stringify(schema).replaceAll('"#/components', '"crier#/components');
      const validate = ajv.compile(JSON.parse(text));
      const all = examples === undefined ? [example] : Object.values(examples).map(({ value }) => value);
      for (const one of all) {
        count += 1;
        if (!validate(one)) wrong.push(`${at}: ${ajv.errorsText(validate.errors)}`);
      }
    };
    const media = z.object({
      schema: z.unknown(),
      example: z.unknown().optional(),
      examples: z.record(z.string(), z.object({ value: z.unknown() })).optional(),
    });
    const walk = (value: unknown, at: string): void => {
      if (typeof value !== "object" || value === null) return;
      for (const [key, inner] of Object.entries(value)) {
        if (key === "content")
          for (const one of Object.values(z.record(z.string(), media).parse(inner))) judge(`${at}/${key}`, one);
        else walk(inner, `${at}/${key}`);
      }
    };
    walk({ paths: description.paths, components: description.components }, "");
    expect(wrong).toEqual([]);
    expect(count).toBeGreaterThan(Object.keys(operations).length);
  });
});

describe("an operation that is planted", () => {
  const planted = operation({
    method: "GET",
    path: "/api/planted",
    summary: "Is not described.",
    query: z.strictObject({}),
    answer: z.object({ timeZone: z.string() }),
    problems: [],
    run: async () => ({}),
  });

  it("is found without an example, without a schema or without a summary", () => {
    expect(missingParts(operations, operationExamples)).toEqual([]);
    expect(missingParts({ planted }, {})).toEqual(["planted: it has no example"]);
    expect(
      missingParts({ planted: { ...planted, answer: z.unknown(), summary: "" } }, { planted: { answer: {} } }),
    ).toEqual(["planted: it has no schema of its answer", "planted: it has no summary"]);
    const { query: _, ...open } = planted;
    expect(missingParts({ open }, { open: { answer: {} } })).toEqual(["open: it has no schema of its query"]);
  });
});
