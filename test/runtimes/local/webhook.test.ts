import { rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { afterEach, expect, test } from "vitest";
import * as z from "zod";
import { aDocument, aFolder, clear, config, eventually, startIn } from "../../support/machine.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const secret = `whsec_${btoa("the owner's receiver knows it")}`;
const message = z.object({ type: z.string(), data: z.looseObject({ id: z.string(), title: z.string().optional() }) });

/** A receiver that accepts what the library of Standard Webhooks verifies. */
const aReceiver = async () => {
  const messages: z.infer<typeof message>[] = [];
  const ids: unknown[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    try {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      messages.push(message.parse(new Webhook(secret).verify(body, headers)));
      ids.push(request.headers["webhook-id"]);
      response.writeHead(204).end();
    } catch {
      response.writeHead(401).end();
    }
  });
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  open.push(() => server.close());
  const address = server.address();
  return { messages, ids, url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/hook` };
};

test("a receiver of the owner gets a post, its edit and its deletion, each signed; nothing public names it", async () => {
  const { messages, ids, url } = await aReceiver();
  const folder = await aFolder();
  const accounts = [{ name: "home", network: "webhook", pacing: { interval: "0s" } }];
  await writeFile(join(folder, "crier.config.mjs"), `export default ${JSON.stringify({ ...config, accounts })};\n`);
  open.push(() => rm(folder, { recursive: true, force: true }));
  const machine = await startIn(folder, { env: { CRIER_HOME_URL: url, CRIER_HOME_SECRET: secret } });
  open.push(() => clear(machine));
  const types = async () => messages.map(({ type }) => type);

  await machine.api("PUT", "api/posts/one", aDocument("One"));
  await eventually(types).toEqual(["post.created"]);
  await machine.idle();
  await machine.api("PUT", "api/posts/one", aDocument("One, corrected"));
  await eventually(types).toEqual(["post.created", "post.updated"]);
  await machine.idle();
  expect((await machine.get("syndication/one.json")).status).toBe(404);
  expect(await (await machine.get("feed.json")).text()).not.toContain("syndication");
  await machine.api("DELETE", "api/posts/one");
  await eventually(types).toEqual(["post.created", "post.updated", "post.deleted"]);

  const [created, updated, deleted] = messages;
  expect(created?.data).toMatchObject({ title: "One", content_html: "<p>These are the words of One.</p>" });
  expect(updated?.data).toMatchObject({ id: created?.data.id, title: "One, corrected" });
  expect(deleted?.data).toEqual({ id: created?.data.id });
  expect(ids[0]).toBe(created?.data.id);
  expect(new Set(ids).size).toBe(3);
});
