import { type FileHandle, open } from "node:fs/promises";
import type { Timeline, TimelinePost } from "../../sandbox/timeline.ts";
import { ownerOnly } from "./private-files.ts";

export interface TimelineFile extends Timeline {
  close(): Promise<void>;
}

const keyOf = ({ account, id }: TimelinePost): string => JSON.stringify([account, id]);

/**
 * The sandbox's posts as JSON lines, one appended for each change. A line is on the disk before the network answers;
 * a last line that a crash tore off was never answered, and is cut away.
 */
export const openTimelineFile = async (path: string): Promise<TimelineFile> => {
  const file = await open(path, "a+", ownerOnly.file);
  const loaded = await load(file, path).catch(async (error: unknown) => {
    await file.close();
    throw error;
  });
  const posts = new Map(loaded.map((post) => [keyOf(post), post]));
  let waiting: string[] = [];
  let writing: Promise<void> = Promise.resolve();

  /** Everything that waits goes out in one write and one fsync. */
  const flush = async (): Promise<void> => {
    const lines = waiting;
    waiting = [];
    if (lines.length === 0) return;
    await file.appendFile(lines.join(""));
    await file.datasync();
  };

  return {
    all: () => [...posts.values()],
    put: (post) => {
      posts.set(keyOf(post), post);
      waiting.push(`${JSON.stringify(post)}\n`);
      // After a failed write the disk's state is not known: every later one fails with it.
      writing = writing.then(flush);
      return writing;
    },
    close: async () => {
      await writing.catch(() => undefined);
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
      return parsed(line);
    } catch (cause) {
      throw new Error(
        `${path}:${index + 1} is not a post of the sandbox: delete the file to start with empty timelines`,
        { cause },
      );
    }
  });
};

const parsed = (line: string): TimelinePost => {
  const post: unknown = JSON.parse(line);
  if (isTimelinePost(post)) return post;
  throw new Error("a field is missing");
};

const texts = ["account", "network", "id", "text", "url", "createdAt"];

/** Crier wrote the line itself: enough to tell a damaged or foreign file. */
const isTimelinePost = (value: unknown): value is TimelinePost => {
  const fields = new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
  return texts.every((field) => typeof fields.get(field) === "string");
};
