import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, glob, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const folder = await mkdtemp(join(tmpdir(), "crier-new-network-"));
afterAll(() => rm(folder, { recursive: true }));

/** A network as a person would write it: it takes a text for a room, and cannot edit or delete posts. */
const network = `import * as z from "zod";
import { fit, withTitle } from "../domain/snippet.ts";
import { minute } from "../domain/time.ts";
import { defineNetwork } from "./define.ts";
import { answerReason, bodyIn, commonOutcome, readRetryAt, toOutcome } from "./http.ts";
import { linkedBy, textSettings, warningLine, wordingBy } from "./network-text.ts";

const made = z.object({ id: z.string() });

export const echo = defineNetwork({
  name: "echo",
  keepsCopies: true,
  keepsTexts: true,
  offers: "none",
  contentWarning: "text",
  settle: minute,
  settings: z.strictObject({ room: z.string().min(1), ...textSettings }),
  sandboxSettings: { room: "lobby" },
  credentials: z.object({ token: z.string().min(1) }),
  server: () => "echo.example",
  length: (text) => text.length,
  compose: (given, settings) => {
    const snippet = linkedBy(given, settings);
    const rules = { limit: 1000, maxTags: 0, measure: (text: string) => text.length };
    const wording = { ...wordingBy(snippet, settings, withTitle), warning: warningLine(snippet, rules) };
    const fitted = fit({ ...snippet, ...wording }, rules);
    return { ...fitted, request: { room: settings.room, text: fitted.text } };
  },
  connect: ({ credentials, sandbox = "https://echo.example", fetchJson }) => ({
    whoAmI: async () => ({ kind: "identity", id: "echo.example" }),
    send: async (json, _key, signal) => {
      const headers = { authorization: credentials.token };
      const result = await fetchJson(\`\${sandbox}/posts\`, { method: "POST", json, headers, signal });
      return toOutcome(result, (response) => {
        const { status, body } = response;
        const id = bodyIn(response, made)?.id;
        if (id !== undefined) return { kind: "posted", remote: { id, url: null, public: false } };
        const reason = answerReason("Echo", status, z.object({ error: z.string() }).safeParse(body).data?.error);
        const common = commonOutcome(response, reason, readRetryAt(response));
        return common ?? { kind: status === 401 ? "unauthorised" : "rejected", reason };
      });
    },
  }),
});
`;

const emulator = `import { type Emulator, json, readFields, sandboxSecret } from "./emulator.ts";

/** echo.example/docs, "Posts". */
const schema = {
  servers: [{ url: "https://echo.example" }],
  paths: {
    "/posts": {
      post: {
        operationId: "post",
        requestBody: {
          required: true,
          content: {
            "application/json": {
              schema: {
                type: "object",
                required: ["room", "text"],
                properties: { room: { const: "lobby" }, text: { type: "string", minLength: 1 } },
              },
            },
          },
        },
      },
    },
  },
  components: { schemas: {} },
};

const problem = (status: number, error: string, headers = {}): Response => json({ error }, status, headers);

export const echo: Emulator = {
  network: "echo",
  title: "Echo",
  length: (text) => [...text].length,
  limit: () => 1000,
  failure: (status) => problem(status, "out of order", status === 429 ? { "retry-after": "60" } : {}),
  schema,
  refuse: ({ path, message }) => problem(400, \`\${path.join(".")} \${message}\`),
  addRoutes: (api, context) => {
    api.use(async (c, next) =>
      c.req.header("authorization") === sandboxSecret(c.get("account")) ? next() : problem(401, "no"),
    );
    api.use(context.checked);
    api.post(
      "/posts",
      context.write(async (c, account) => {
        const request = await readFields(c);
        const text = String(request?.text);
        const { id } = await context.save(account, { id: context.nextId(), text, url: "https://echo.example/", request });
        return json({ id }, 201);
      }),
    );
  },
};
`;

const contract = `import { echo } from "../../src/networks/echo.ts";
import { networkContract } from "../contract/network.ts";

networkContract(echo);
`;

const hashesOf = async (): Promise<ReadonlyMap<string, string>> => {
  const hashes = new Map<string, string>();
  for await (const file of glob("{src,test,infra,functions,docs}/**/*.*", { cwd: folder }))
    hashes.set(
      file,
      createHash("sha256")
        .update(await readFile(join(folder, file)))
        .digest("hex"),
    );
  for (const file of ["README.md", "package.json", "biome.json", "crier.config.ts", "vitest.config.ts"])
    hashes.set(
      file,
      createHash("sha256")
        .update(await readFile(join(folder, file)))
        .digest("hex"),
    );
  return hashes;
};

const register = async (file: string, module: string): Promise<void> => {
  const text = await readFile(join(folder, file), "utf8");
  const added = text.replace("= [", "= [echo, ");
  await writeFile(join(folder, file), `import { echo } from "${module}";\n${added}`);
};

/** Says how to connect the network, and adds its row to the table of what the emulators check. */
const describeNetwork = async (): Promise<void> => {
  const networks = join(folder, "docs/networks.md");
  await writeFile(networks, `${await readFile(networks, "utf8")}\n## Echo\n\nIt repeats what it is told.\n`);
  const file = join(folder, "docs/sandbox.md");
  const [before = "", table = ""] = (await readFile(file, "utf8")).split("## What is checked");
  const row = "| Echo | `POST /posts` | the token | echo.example/docs | lengths |\n";
  await writeFile(file, `${before}## What is checked${table.replace("|---|---|---|---|---|\n", (line) => line + row)}`);
};

const run = (files: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  promisify(execFile)(
    process.execPath,
    [join(root, "node_modules/vitest/vitest.mjs"), "run", "--project", "unit", ...files],
    { cwd: folder, env: { ...process.env, ...env } },
  );

const copied = /^(?:$|src|test|infra|functions|docs|examples|[^/]+\.(?:md|json|ts)|\.env\.example)(?:\/|$)/;

test("a new network is three new files, a line in each of two registries, and a row in each of three pages", async () => {
  await cp(root, folder, { recursive: true, filter: (path) => copied.test(relative(root, path)) });
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  const before = await hashesOf();
  await writeFile(join(folder, "src/networks/echo.ts"), network);
  await writeFile(join(folder, "src/sandbox/echo-emulator.ts"), emulator);
  await writeFile(join(folder, "test/networks/echo.test.ts"), contract);
  await register("src/networks/index.ts", "./echo.ts");
  await register("src/sandbox/index.ts", "./echo-emulator.ts");
  await describeNetwork();
  await run(["test/conventions/network-table.test.ts"], { RECORD: "1" });

  const after = await hashesOf();
  const touched = [...after].filter(([file, hash]) => before.get(file) !== hash).map(([file]) => file);
  expect(touched.toSorted()).toEqual([
    "README.md",
    "docs/networks.md",
    "docs/sandbox.md",
    "src/networks/echo.ts",
    "src/networks/index.ts",
    "src/sandbox/echo-emulator.ts",
    "src/sandbox/index.ts",
    "test/networks/echo.test.ts",
  ]);
  // Every test that goes through the registry, and the contract of all networks.
  const { stdout } = await run([
    "test/networks",
    "test/sandbox",
    "test/config.test.ts",
    "test/cli/set-account.test.ts",
    "test/cli/sandbox.test.ts",
    "test/app/deliver/every-network.test.ts",
    "test/conventions/network-table.test.ts",
  ]);
  expect(stdout).toMatch(/Test Files.*passed/);
});
