import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { day } from "../../src/domain/time.ts";
import { freePort } from "../../test/support/free-port.ts";
import { type CrierProcess, startCrier, until, untilQuiet } from "../crier-process.ts";
import { withFolder } from "../with-folder.ts";

/** The files and functions that a running Crier enters on the way from a request or a file to its result. */
export interface Walk {
  readonly name: string;
  /** The names of the functions by their file's path in the repository; a name is empty where a function has none. */
  readonly files: ReadonlyMap<string, readonly string[]>;
}

interface Tracer {
  /** Returns the functions that were entered since the last call. */
  readonly take: () => Promise<Walk["files"]>;
  readonly close: () => void;
}

const root = join(import.meta.dirname, "../..");
const config = join(root, "bench/burst.config.ts");

/** The sweep runs each two seconds: a walk that takes longer has one for certain, and what it leaves to the sweep. */
const afterwards = 4_000;

/** The walks through `npm start` with an empty data folder, in which three accounts post into the sandbox. */
export const traceWalks = (): Promise<readonly Walk[]> =>
  withFolder(async (folder) => {
    const content = join(folder, "posts");
    const data = join(folder, "data");
    await mkdir(content);
    await mkdir(data);
    await writeFile(join(content, "first.md"), writePost("First", new Date("2026-01-01")));
    const inspector = await freePort();
    // V8 misses the first calls of functions whose feedback it allocates later.
    const counting = "--no-lazy-feedback-allocation";
    const flags = [`--inspect=127.0.0.1:${inspector}`, "--inspect-publish-uid=http", counting];
    const crier = await startCrier(content, data, config, flags);
    try {
      // Whatever is done once, such as the logins, is not part of the walks.
      await until("the first feed", () => isInFeed(crier, "First"));
      await until("the first posts", () => isWithThreeAccounts(crier, "First"));
      await untilQuiet(crier);
      const tracer = await openTracer(inspector);
      try {
        return await walkThrough(crier, tracer, content);
      } finally {
        // A process does not end while its inspector is connected.
        tracer.close();
      }
    } finally {
      await crier.stop();
    }
  });

const walkThrough = async (crier: CrierProcess, tracer: Tracer, content: string): Promise<readonly Walk[]> => {
  const walks: Walk[] = [];
  const add = async (name: string, walk: () => Promise<void>): Promise<void> => {
    await untilSwept(crier, tracer);
    await walk();
    walks.push({ name, files: await tracer.take() });
  };
  const feed = `${crier.url}feed.xml`;
  const authorization = `Bearer ${crier.token}`;
  const put = async (title: string, later: number): Promise<void> => {
    const body = writePost(title, new Date(Date.now() + later), false);
    const headers = { authorization, "content-type": "text/markdown" };
    await request(201, `${crier.url}api/posts/${title.toLowerCase()}`, { method: "PUT", headers, body });
  };
  const save = async (title: string, isShared: boolean): Promise<void> => {
    const file = `${title.toLowerCase()}.md`;
    const written = join(content, "..", file);
    await writeFile(written, writePost(title, new Date(), isShared));
    // The file is renamed into place, as editors do, so that no half of it is read.
    await rename(written, join(content, file));
  };
  const untilDone = async (result: string, isReached: () => Promise<boolean>): Promise<void> => {
    await until(result, isReached);
    await pause(afterwards);
  };

  let tag = "";
  await add("`GET /feed.xml`, answered with 200", async () => {
    tag = (await request(200, feed)).etag;
  });
  await add("`GET /feed.xml`, answered with 304", async () => {
    await request(304, feed, { headers: { "if-none-match": tag } });
  });
  await add("`PUT /api/posts/<slug>` of a post for tomorrow: its answer", () => put("Tomorrow", day));
  await add("`PUT /api/posts/<slug>` of a post for now, until it is an entry of the feed", async () => {
    await put("Now", 0);
    await untilDone("the entry of the API", () => isInFeed(crier, "Now"));
  });
  await add("`GET /api/posts/<slug>`", async () => {
    await request(200, `${crier.url}api/posts/now`, { headers: { authorization } });
  });
  await add("a file, until it is an entry of the feed", async () => {
    await save("Entry", false);
    await untilDone("the entry of the file", () => isInFeed(crier, "Entry"));
  });
  await add("a file, until three accounts in the sandbox have posts", async () => {
    await save("Shared", true);
    await untilDone("the three posts", () => isWithThreeAccounts(crier, "Shared"));
  });
  return walks;
};

const writePost = (title: string, date: Date, isShared = true): string =>
  [
    "---",
    `title: ${title}`,
    `date: ${date.toISOString()}`,
    ...(isShared ? [] : ["socialShare: false"]),
    "---",
    `${title} is a post with a first paragraph of some **length**.`,
    "",
  ].join("\n");

const request = async (expected: number, url: string, init: RequestInit = {}) => {
  const response = await fetch(url, init);
  const text = await response.text();
  if (response.status !== expected)
    throw new Error(`${init.method ?? "GET"} ${url} was answered with ${response.status}, not ${expected}: ${text}`);
  return { text, etag: response.headers.get("etag") ?? "" };
};

/** Reads the file: a request would be part of the walk. */
const readData = async (crier: CrierProcess, name: string): Promise<string> => {
  crier.check();
  const file = join(crier.data, name);
  return existsSync(file) ? await readFile(file, "utf8") : "";
};

const isInFeed = async (crier: CrierProcess, title: string): Promise<boolean> =>
  (await readData(crier, "public/feed.json")).includes(`"title": "${title}"`);

const TimelinePost = z.object({ account: z.string(), text: z.string() });

const isWithThreeAccounts = async (crier: CrierProcess, title: string): Promise<boolean> => {
  const lines = (await readData(crier, "sandbox.jsonl")).split("\n").slice(0, -1);
  const posts = lines.map((line) => TimelinePost.parse(JSON.parse(line)));
  return new Set(posts.filter(({ text }) => text.includes(title)).map(({ account }) => account)).size === 3;
};

/** Waits until a sweep has just ended, so that the next one is not in a walk that is shorter than the time between them. */
const untilSwept = async (crier: CrierProcess, { take }: Tracer): Promise<void> => {
  let before = 0;
  await until(
    "the end of a sweep",
    async () => {
      crier.check();
      const { size } = await take();
      const isOver = before > 0 && size === 0;
      before = size;
      return isOver;
    },
    200,
  );
};

const Targets = z.tuple([z.object({ webSocketDebuggerUrl: z.string() })]);
const Answer = z.object({ id: z.number(), result: z.unknown() });
const Coverage = z.object({
  result: z.array(
    z.object({
      url: z.string(),
      functions: z.array(
        z.object({
          functionName: z.string(),
          ranges: z.tuple([z.object({ startOffset: z.number(), count: z.number() })]),
        }),
      ),
    }),
  ),
});

/** Reads the precise coverage of V8 through the inspector of a process. */
const openTracer = async (port: number): Promise<Tracer> => {
  const { text } = await request(200, `http://127.0.0.1:${port}/json/list`);
  const [{ webSocketDebuggerUrl }] = Targets.parse(JSON.parse(text));
  const socket = new WebSocket(webSocketDebuggerUrl);
  await once(socket, "open");
  const pending = new Map<number, PromiseWithResolvers<unknown>>();
  let sent = 0;
  socket.addEventListener("message", ({ data }) => {
    const { data: answer } = Answer.safeParse(JSON.parse(String(data)));
    if (answer !== undefined) pending.get(answer.id)?.resolve(answer.result);
  });
  socket.addEventListener("close", () => {
    for (const { reject } of pending.values()) reject(new Error("the inspected process has ended"));
  });
  const call = async (method: string, params: Readonly<Record<string, boolean>> = {}): Promise<unknown> => {
    sent += 1;
    const answer = Promise.withResolvers<unknown>();
    pending.set(sent, answer);
    socket.send(JSON.stringify({ id: sent, method, params }));
    return await answer.promise;
  };
  await call("Profiler.enable");
  await call("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  return {
    take: async () => enteredIn(Coverage.parse(await call("Profiler.takePreciseCoverage"))),
    close: () => socket.close(),
  };
};

const sources = pathToFileURL(join(root, "src/")).href;

const enteredIn = ({ result }: z.infer<typeof Coverage>): Walk["files"] => {
  const files = new Map<string, readonly string[]>();
  for (const { url, functions } of result) {
    if (!url.startsWith(sources)) continue;
    const entered = functions.filter(
      // A file that is loaded meanwhile runs as a function without a name that begins where the file does.
      ({ functionName, ranges: [{ startOffset, count }] }) => count > 0 && (functionName !== "" || startOffset > 0),
    );
    if (entered.length > 0)
      files.set(
        `src/${url.slice(sources.length)}`,
        entered.map(({ functionName }) => functionName),
      );
  }
  return files;
};
