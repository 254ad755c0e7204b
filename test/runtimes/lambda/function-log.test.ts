import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { functionLog } from "../../../src/runtimes/lambda/function-log.ts";
import { emittedIn } from "../../support/emf.ts";

const env = { METRICS_NAMESPACE: "Crier", STAGE: "preview" };
const canary = "canary-7f3a9c";
const printed: string[] = [];

beforeEach(() => {
  printed.length = 0;
  for (const stream of [process.stdout, process.stderr]) {
    const written = vi.spyOn(stream, "write").mockImplementation((text) => {
      printed.push(String(text));
      return true;
    });
    onTestFinished(() => written.mockRestore());
  }
});

const lines = () =>
  printed
    .join("")
    .trimEnd()
    .split("\n")
    .map((line): unknown => JSON.parse(line));

test("an entry is one line of JSON with its level, message and fields", () => {
  functionLog(env).info("created a post", { path: "a.md" });
  functionLog(env).warn("b.md is refused");
  expect(lines()).toMatchObject([
    { level: "INFO", message: "created a post", path: "a.md", timestamp: expect.stringMatching(/^\d{4}-.*Z$/) },
    { level: "WARN", message: "b.md is refused" },
  ]);
  expect(emittedIn(printed.join(""))).toEqual([]);
});

test("an alarm is a line with its name, and one metric for all functions of the stage", () => {
  functionLog(env).alarm("gate", "the main feed did not pass", { feed: "main" });
  expect(lines()).toContainEqual(
    expect.objectContaining({ level: "ERROR", message: "the main feed did not pass", feed: "main", alarm: "gate" }),
  );
  expect(emittedIn(printed.join(""))).toEqual([
    { namespace: "Crier", metric: "gate", dimensions: { stage: "preview" }, value: 1 },
  ]);
});

test("an alarm without fields has its name, too", () => {
  functionLog(env).alarm("web", "a fault");
  expect(lines()).toContainEqual(expect.objectContaining({ message: "a fault", alarm: "web" }));
});

test("every count is written at once", () => {
  const log = functionLog(env);
  log.count("refused");
  log.count("refused");
  expect(emittedIn(printed.join("")).map(({ metric, value }) => [metric, value])).toEqual([
    ["refused", 1],
    ["refused", 1],
  ]);
});

test("only the messages of an error and its causes are printed", () => {
  const error = Object.assign(new Error("refused", { cause: new TypeError("no route") }), {
    request: { headers: { authorization: `Bearer ${canary}` } },
  });
  functionLog(env).warn("a step failed", { error, deeper: [{ error }] });
  const causes = ["Error: refused", "TypeError: no route"];
  expect(lines()).toMatchObject([{ error: causes, deeper: [{ error: causes }] }]);
  expect(printed.join("")).not.toContain(canary);
});

test.each(Object.keys(env))("without %s there is no log, because no alarm would fire", (name) => {
  expect(() => functionLog({ ...env, [name]: "" })).toThrow(`${name} is missing: deploy the stack again`);
});
