import { spawn } from "node:child_process";
import { vi } from "vitest";
import * as z from "zod";
import { freePort } from "../../support/free-port.ts";
import { end } from "../run-program.ts";
import { startPostgres } from "./postgres.ts";
import type { Reader } from "./reader.ts";

const [user, password] = ["admin", "only on loopback"];

const subscribed = z.object({ feed_id: z.number() });
const discovered = z.array(z.object({ url: z.string() }));
const list = z.object({
  entries: z.array(z.object({ id: z.number(), title: z.string(), url: z.string(), content: z.string() })),
});

type Api = (method: string, path: string, body?: unknown) => Promise<unknown>;

const apiAt =
  (url: string): Api =>
  async (method, path, body) => {
    const answer = await fetch(new URL(path, url), {
      method,
      headers: {
        Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
        "Content-Type": "application/json",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`miniflux: ${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };

const reader = (api: Api, stop: () => Promise<void>): Reader => ({
  name: "miniflux",
  formats: ["RSS", "Atom", "JSON Feed"],
  keeps: "copies",
  subscribe: async (_, url) => {
    const { feed_id: id } = subscribed.parse(await api("POST", "/v1/feeds", { feed_url: url }));
    const entries = async (filter = "") =>
      list.parse(await api("GET", `/v1/feeds/${id}/entries?limit=100${filter}`)).entries;
    return {
      poll: async () => {
        await api("PUT", `/v1/feeds/${id}/refresh`);
      },
      entries: async () => (await entries()).map(({ title, url: link, content: body }) => ({ title, link, body })),
      readNew: async () => {
        const unread = await entries("&status=unread");
        await api("PUT", `/v1/feeds/${id}/mark-all-as-read`);
        return unread.map(({ title }) => title);
      },
    };
  },
  discover: async (page) => discovered.parse(await api("POST", "/v1/discover", { url: page })).map(({ url }) => url),
  stop,
});

/** Debian's miniflux with its own PostgreSQL cluster, controlled by its REST API. */
export const startMiniflux = async (): Promise<Reader> => {
  const postgres = await startPostgres();
  const port = await freePort();
  let log = "";
  const server = spawn("miniflux", [], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: postgres.connection,
      RUN_MIGRATIONS: "1",
      CREATE_ADMIN: "1",
      ADMIN_USERNAME: user,
      ADMIN_PASSWORD: password,
      LISTEN_ADDR: `127.0.0.1:${port}`,
      // Only the tests poll.
      DISABLE_SCHEDULER_SERVICE: "1",
      // Newer versions fetch nothing from loopback by default.
      FETCHER_ALLOW_PRIVATE_NETWORKS: "1",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const addToLog = (chunk: unknown) => {
    log += String(chunk);
  };
  server.stdout.on("data", addToLog);
  server.stderr.on("data", addToLog);
  const stop = async () => {
    await end(server);
    await postgres.stop();
  };
  const api = apiAt(`http://127.0.0.1:${port}/`);
  try {
    await vi.waitFor(() => api("GET", "/v1/me"), { timeout: 30_000, interval: 100 });
  } catch (cause) {
    await stop();
    throw new Error(`miniflux did not start:\n${log}`, { cause });
  }
  return reader(api, stop);
};
