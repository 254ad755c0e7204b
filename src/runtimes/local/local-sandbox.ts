import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { SiteContext } from "../../app/site-context.ts";
import { listDeliveries } from "../../app/status/delivery-status.ts";
import type { App } from "../../compose.ts";
import type { Account } from "../../domain/account.ts";
import { actForHeld } from "../../domain/delivery-commands.ts";
import { isRecord } from "../../domain/json-value.ts";
import { minute } from "../../domain/time.ts";
import { networks } from "../../networks/index.ts";
import { folderObjects } from "../../objects/folder-objects.ts";
import type { Objects } from "../../ports/feeds.ts";
import type { PictureStore } from "../../ports/pictures.ts";
import type { Clock } from "../../ports/runtime.ts";
import { textPieces } from "../../sandbox/sandbox-text.ts";
import { type Blobs, type Timeline, type TimelinePost, timelineInMemory } from "../../sandbox/timeline.ts";
import type { Cleanup } from "./cleanup.ts";
import { type Connection, type Fetch, isLoopbackName, listen, requestAccess } from "./listen.ts";
import { ownerOnly } from "./private-files.ts";
import type { watchStorage } from "./watch-storage.ts";

interface SandboxParts {
  readonly data: string;
  readonly accounts: readonly Account[];
  readonly clock: Clock;
  readonly storage: Pick<ReturnType<typeof watchStorage>, "files" | "objects" | "log">;
  readonly pictureStore: Pick<PictureStore, "pathOf">;
  readonly getApp: () => Pick<App, "deliveryOfCopy" | "sites">;
}

/** Opens the emulated networks, with their timelines in the data folder. */
export const openSandbox = async (
  { data, accounts, clock, storage, pictureStore, getApp: appOf }: SandboxParts,
  cleanup: Cleanup,
): Promise<Fetch> => {
  const file = await openTimelineFile(join(data, "sandbox.jsonl"));
  cleanup.add(file.close);
  const guard = storage.files(data);
  const timeline: Timeline = { all: file.all, put: (post) => guard(file.put(post)) };
  const readNote = async ({ account, id, text, card }: TimelinePost): Promise<string | undefined> => {
    // The text may contain other links, but the link to the post is the last one.
    const link = card?.url ?? textPieces(text).findLast(({ kind }) => kind === "link")?.text;
    return (await appOf().deliveryOfCopy({ account, id, link }))?.reason;
  };
  const held = async () => {
    const ofSite = async ({ site, ports }: SiteContext) => {
      const { rows } = await listDeliveries("held", undefined, ports);
      return rows.map((row) => ({ ...row, command: ports.command(`${actForHeld(row)} --all`, site.id) }));
    };
    const held = await Promise.all(appOf().sites.map(ofSite));
    return held.flat().filter(({ sandbox }) => sandbox);
  };
  const onError = (error: Error) => storage.log.warn(`the sandbox failed: ${error.message}`);
  const pictures = join(data, "sandbox-pictures");
  const blobs = blobFiles(storage.objects(folderObjects(pictures), pictures));
  const makeApp = async () => {
    const { sandboxApp } = await import("../../sandbox/sandbox-server.ts");
    return sandboxApp({ timeline, accounts, clock, blobs, readNote, findPicture: pictureStore.pathOf, held, onError });
  };
  // Created at the first request, so that the first feed does not wait for the code of the emulated networks.
  let app: ReturnType<typeof makeApp> | undefined;
  return async (request, env) => {
    app ??= makeApp();
    return (await app).fetch(request, env);
  };
};

/** The address and the credentials with which a client posts to one emulated network. */
interface EmulatedAccount {
  readonly network: string;
  /** A client uses it instead of the network's own address. */
  readonly url: string;
  readonly credentials: Readonly<Record<string, string>>;
}

export interface ServedSandbox {
  readonly url: string;
  readonly accounts: readonly EmulatedAccount[];
  close(): Promise<void>;
}

/** The account on a network, which has the network's name. */
const emulatedAccount = ({ name, settings, sandboxSettings }: (typeof networks)[number]): Account => ({
  name,
  network: name,
  site: "main",
  language: undefined,
  pacing: { interval: minute, dailyCap: 50 },
  settings: settings.parse(sandboxSettings),
});

/** Serves only the emulated networks, on the loopback. Posts are lost when the process ends. */
export const serveSandbox = async (port: number, clock: Clock): Promise<ServedSandbox> => {
  // Loaded on demand, so that a start of Crier does not wait for the code of the emulated networks.
  const { sandboxApp } = await import("../../sandbox/sandbox-server.ts");
  const { sandboxSockets } = await import("../../sandbox/sandbox-server.ts");
  const http = await listen(port);
  const url = `http://127.0.0.1:${http.port}`;
  const accounts = networks.map(emulatedAccount);
  const sockets = sandboxSockets(accounts);
  const app = sandboxApp({ timeline: sockets.watched(timelineInMemory()), accounts, clock });
  const isLocal = (request: Request, connection: Connection): boolean =>
    requestAccess(request, connection, { publicNames: new Set(), isOpen: false }) === "local";
  http.serve(async (request, env) =>
    isLocal(request, env)
      ? app.fetch(request, env)
      : new Response("The sandbox answers programs on this machine, at 127.0.0.1 or localhost.\n", { status: 421 }),
  );
  http.upgrade((incoming, socket, head) => {
    const { host = "", origin } = incoming.headers;
    const address = `http://${host}${incoming.url}`;
    const refuse = (status: string) =>
      socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    if (URL.parse(address) === null || !isLocal(new Request(address, { headers: { host } }), { incoming }))
      return refuse("421 Misdirected Request");
    // Any web page may open a WebSocket to this machine.
    const page = origin === undefined ? undefined : (URL.parse(origin)?.hostname ?? "");
    if (page !== undefined && !isLoopbackName(page)) return refuse("421 Misdirected Request");
    if (!sockets.upgrade(address, [incoming, socket, head], app.fetch)) refuse("404 Not Found");
  });
  return {
    url,
    accounts: networks.map((network) => ({
      network: network.name,
      url: `${url}/sandbox/api/${network.name}/${network.name}`,
      credentials: network.sandboxCredentials(emulatedAccount(network)),
    })),
    close: () => {
      sockets.close();
      return http.close();
    },
  };
};

export interface TimelineFile extends Timeline {
  close(): Promise<void>;
}

const postKey = ({ account, id }: TimelinePost): string => JSON.stringify([account, id]);

/**
 * The posts of the sandbox as JSON lines, with one line for each change. A line is on the disk before the network
 * answers. An incomplete last line after a crash therefore belongs to no answer, and is removed.
 */
export const openTimelineFile = async (path: string): Promise<TimelineFile> => {
  const file = await open(path, "a+", ownerOnly.file);
  const loaded = await load(file, path).catch(async (error: unknown) => {
    await file.close();
    throw error;
  });
  const posts = new Map(loaded.map((post) => [postKey(post), post]));
  let { size } = await file.stat();
  let pending: (PromiseWithResolvers<void> & { readonly line: string })[] = [];
  let writing: Promise<void> = Promise.resolve();

  /** Writes all pending lines with one fsync. If the disk is full, a partially written line is removed. */
  const flush = async (): Promise<void> => {
    const lines = pending;
    pending = [];
    if (lines.length === 0) return;
    const text = Buffer.from(lines.map(({ line }) => line).join(""));
    try {
      await file.appendFile(text);
      await file.datasync();
      size += text.length;
      for (const { resolve } of lines) resolve();
    } catch (error) {
      await file.truncate(size).catch(() => undefined);
      for (const { reject } of lines) reject(error);
    }
  };

  return {
    all: () => [...posts.values()],
    put: async (post) => {
      const key = postKey(post);
      const before = posts.get(key);
      posts.set(key, post);
      const written = { ...Promise.withResolvers<void>(), line: `${JSON.stringify(post)}\n` };
      pending.push(written);
      writing = writing.then(flush);
      try {
        await written.promise;
      } catch (error) {
        // The client gets an error, so the post must not exist: the next request of the client stores it.
        if (before === undefined) posts.delete(key);
        else posts.set(key, before);
        throw error;
      }
    },
    close: async () => {
      await writing;
      await file.close();
    },
  };
};

const load = async (file: FileHandle, path: string): Promise<readonly TimelinePost[]> => {
  const bytes = await file.readFile();
  const whole = bytes.lastIndexOf("\n") + 1;
  if (whole < bytes.length) await file.truncate(whole);
  const lines = bytes.subarray(0, whole).toString("utf8").split("\n").slice(0, -1);
  return lines.map((line, index) => {
    try {
      return parseLine(line);
    } catch (cause) {
      throw new Error(
        `${path}:${index + 1} is not a post of the sandbox: delete the file to start with empty timelines`,
        { cause },
      );
    }
  });
};

const parseLine = (line: string): TimelinePost => {
  const post: unknown = JSON.parse(line);
  if (isTimelinePost(post)) return post;
  throw new Error("a field is missing");
};

const textFields = ["account", "network", "id", "text", "url", "createdAt"];

/** Checks just enough to recognise a damaged or foreign file, because Crier itself wrote the lines. */
const isTimelinePost = (value: unknown): value is TimelinePost => {
  const fields = new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
  return textFields.every((field) => typeof fields.get(field) === "string");
};

/** An id is not a valid file name on every system: on Windows `x:1` is a file on another drive. */
const fileName = (id: string): string => encodeURIComponent(id).replaceAll(".", "%2E");

const imageType = (bytes: Uint8Array): string => (bytes[0] === 0x89 ? "image/png" : "image/jpeg");

const parseAlt = (bytes: Uint8Array): string | undefined => {
  try {
    const described: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isRecord(described) && typeof described.alt === "string" ? described.alt : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Stores uploaded pictures as files, with the alternative text in a file beside them. The type is derived from the
 * first bytes.
 */
export const blobFiles = (objects: Objects): Blobs => ({
  read: async (id) => {
    const stored = await objects.read(fileName(id));
    const description = stored && (await objects.read(`${fileName(id)}.json`));
    const alt = description && parseAlt(description.bytes);
    return stored && { type: imageType(stored.bytes), bytes: new Uint8Array(stored.bytes), ...(alt && { alt }) };
  },
  put: async (id, { type, bytes, alt }) => {
    const description = `${fileName(id)}.json`;
    if (alt !== undefined) {
      const over = (await objects.read(description))?.etag;
      await objects.put(description, Buffer.from(JSON.stringify({ alt })), { contentType: "application/json", over });
    }
    await objects.put(fileName(id), bytes, { contentType: type, over: undefined });
  },
});
