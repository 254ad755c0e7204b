import { type FileHandle, open } from "node:fs/promises";
import type { Timeline, TimelinePost } from "../../sandbox/timeline.ts";
import { ownerOnly } from "./private-files.ts";

export interface TimelineFile extends Timeline {
  close(): Promise<void>;
}

const keyOf = ({ account, id }: TimelinePost): string => JSON.stringify([account, id]);

/**
 * The posts of the sandbox as JSON lines, with one line for each change. A line is on the disk before the network
 * answers: an incomplete last line, after a crash, belongs to no answer and is removed.
 */
export const openTimelineFile = async (path: string): Promise<TimelineFile> => {
  const file = await open(path, "a+", ownerOnly.file);
  const loaded = await load(file, path).catch(async (error: unknown) => {
    await file.close();
    throw error;
  });
  const posts = new Map(loaded.map((post) => [keyOf(post), post]));
  let { size } = await file.stat();
  let pending: (PromiseWithResolvers<void> & { readonly line: string })[] = [];
  let writing: Promise<void> = Promise.resolve();

  /** Writes all pending lines with one fsync. What was written of them when the disk is full is removed. */
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
      const key = keyOf(post);
      const before = posts.get(key);
      posts.set(key, post);
      const written = { ...Promise.withResolvers<void>(), line: `${JSON.stringify(post)}\n` };
      pending.push(written);
      writing = writing.then(flush);
      try {
        await written.promise;
      } catch (error) {
        // What the client is not told is not there: its next request stores it.
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

/** Enough to recognise a damaged or foreign file, because Crier itself wrote the lines. */
const isTimelinePost = (value: unknown): value is TimelinePost => {
  const fields = new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
  return textFields.every((field) => typeof fields.get(field) === "string");
};
