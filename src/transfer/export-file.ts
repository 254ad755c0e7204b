import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import * as z from "zod";
import { errorCode, errorMessage } from "../domain/errors.ts";
import type { Site } from "../domain/site.ts";
import { type Instant, iso } from "../domain/time.ts";
import type { Clock } from "../ports/runtime.ts";
import type { Moves } from "../ports/store.ts";
import { type Bodies, UnreadableBody } from "../store/bodies.ts";
import { dueAttributes, isTokenKey, type Key, parseRef } from "../store/keys.ts";
import type { Row } from "../store/table.ts";

/** The version of the file's format. A newer one is refused, because this Crier could lose some of its data. */
const formatVersion = 1;

/** The first line of an export. Every line between it and the last one is a row. */
const manifestLine = z.object({
  format: z.literal("crier-export"),
  version: z.int().positive(),
  made: z.iso.datetime(),
  /**
   * After a `move`, the old installation sends nothing. After a `backup`, it may have sent deliveries that wait in the
   * export.
   */
  kind: z.enum(["backup", "move"]),
});

export type ExportKind = z.infer<typeof manifestLine>["kind"];

/** The last line of an export. */
const endLine = z.object({
  end: z.literal(true),
  rows: z.int(),
  posts: z.int(),
  deliveries: z.int(),
  /** The ids of the sites that have rows. */
  sites: z.array(z.string()),
  /** The checksum of all bytes before this line. */
  sha256: z.string(),
});

type Ending = Omit<z.infer<typeof endLine>, "end">;

interface ExportOptions {
  readonly bodies: Pick<Bodies, "unpack">;
  readonly now: Instant;
  readonly kind: ExportKind;
}

/**
 * The lines of an export, each with its line break: the manifest, the rows, and the end with a checksum of everything
 * before it.
 */
export async function* exportLines(
  rows: Iterable<Row> | AsyncIterable<Row>,
  { bodies, now, kind }: ExportOptions,
): AsyncGenerator<string> {
  const hash = createHash("sha256");
  const counted = { rows: 0, post: 0, delivery: 0 };
  const sites = new Set<string>();
  const line = (value: unknown): string => {
    const text = `${JSON.stringify(value)}\n`;
    hash.update(text);
    return text;
  };
  yield line({ format: "crier-export", version: formatVersion, made: iso(now), kind });
  for await (const row of rows) {
    const portable = await toPortable(row, bodies);
    // Tokens stay here: the new installation logs in with the secret, and this one continues to use them.
    if (isTokenKey(portable)) continue;
    const ref = parseRef(portable);
    if (ref !== undefined) sites.add(ref.site);
    if (ref?.kind === "post" || ref?.kind === "delivery") counted[ref.kind] += 1;
    counted.rows += 1;
    yield line(portable);
  }
  const ending: Ending = {
    rows: counted.rows,
    posts: counted.post,
    deliveries: counted.delivery,
    sites: [...sites].toSorted(),
    sha256: hash.digest("hex"),
  };
  yield `${JSON.stringify({ end: true, ...ending })}\n`;
}

/** Only the owner may read the file, because it contains posts that are not public. */
const mode = 0o600;

const explainWriting = (error: unknown, file: string): unknown => {
  const code = errorCode(error);
  if (code === "ENOSPC")
    return new TransferError(
      `the disk is full, so that ${file} is not written: free some space, or name another file`,
      {
        cause: error,
      },
    );
  if (["EACCES", "EPERM", "EROFS", "ENOTDIR", "EISDIR", "EEXIST"].includes(code ?? ""))
    return new TransferError(`${file} cannot be written (${code}): name a file in a folder of your own`, {
      cause: error,
    });
  return error;
};

/**
 * Writes the compressed bytes of an export to a file. They are checked before the file gets its name, so that a file with
 * this name is always a complete export, the earlier one or this one.
 */
export const writeExport = async (file: string, bytes: AsyncIterable<Uint8Array>): Promise<CheckedExport> => {
  const unfinished = `${file}.unfinished`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await pipeline(bytes, createWriteStream(unfinished, { mode, flush: true }));
    const checked = await checkExport(unfinished);
    await rename(unfinished, file);
    return { ...checked, file };
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw explainWriting(error, file);
  }
};

/** Far more bytes than a row can have, which is 1 MB of Markdown as HTML in JSON. */
const maxLine = 64 * 1024 * 1024;
const lineBreak = 0x0a;

const foreign = (file: string): string => `${file} is not an export of Crier: give a file that crier export wrote`;
const cutOff = (file: string): string =>
  `${file} is cut off, so that nothing of it is restored: copy it again, or take another export`;
const damaged = (file: string, what: string): string =>
  `${file} is damaged (${what}), so that nothing of it is restored: copy it again, or take another export`;

async function* unzipped(file: string): AsyncGenerator<Buffer> {
  const source = createReadStream(file);
  const unzip = createGunzip();
  source.once("error", (error) => unzip.destroy(error));
  try {
    yield* source.pipe(unzip);
  } finally {
    source.destroy();
  }
}

/**
 * Splits at line feeds only, because JSON may contain every other line break. The last line of a truncated file has no
 * line feed.
 */
async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  const add = (part: Buffer): void => {
    parts.push(part);
    length += part.length;
    if (length > maxLine) throw new Error("a line is too long");
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(lineBreak); at !== -1; at = chunk.indexOf(lineBreak, from)) {
      add(chunk.subarray(from, at + 1));
      yield Buffer.concat(parts);
      [parts, length, from] = [[], 0, at + 1];
    }
    if (from < chunk.length) add(chunk.subarray(from));
  }
  if (length > 0) yield Buffer.concat(parts);
}

const explainReading = (error: unknown, file: string, isFirstLine: boolean): string => {
  const code = errorCode(error);
  if (code === "ENOENT") return `there is no file ${file}: give one that crier export wrote`;
  if (code === "Z_BUF_ERROR") return cutOff(file);
  if (code?.startsWith("Z_")) return isFirstLine ? foreign(file) : damaged(file, errorMessage(error));
  if (code !== undefined) return `${file} cannot be read (${code}): give a file that you may read`;
  return damaged(file, errorMessage(error).split("\n")[0] ?? "");
};

/** The attributes that the manifest has in every version. */
const anyManifest = manifestLine.pick({ format: true, version: true });

const parseJson = (line: Buffer): unknown => {
  try {
    return JSON.parse(line.toString());
  } catch (cause) {
    throw new Error("a line is not JSON", { cause });
  }
};

type Manifest = Pick<CheckedExport, "made" | "kind">;

const readManifest = (line: Buffer, file: string): Manifest => {
  const value = parseOrUndefined(line);
  const { data: first } = anyManifest.safeParse(value);
  if (first === undefined) throw new TransferError(foreign(file));
  if (first.version > formatVersion)
    throw new TransferError(
      `${file} was written by a newer Crier (format ${first.version}, this one reads up to ${formatVersion}): update this Crier, and restore it then`,
    );
  const { made, kind } = manifestLine.parse(value);
  return { made: Date.parse(made), kind };
};

const parseOrUndefined = (line: Buffer): unknown => {
  try {
    return parseJson(line);
  } catch {
    return undefined;
  }
};

/** An export that was checked and is complete. */
export interface CheckedExport extends Ending {
  readonly file: string;
  readonly made: Instant;
  readonly kind: ExportKind;
}

/** Reads the whole file and returns its contents in numbers. Throws a `TransferError` if it is not complete. */
export const checkExport = async (file: string): Promise<CheckedExport> => {
  const hash = createHash("sha256");
  let manifest: Manifest | undefined;
  let ending: Ending | undefined;
  let rows = 0;
  try {
    for await (const line of splitLines(unzipped(file))) {
      if (manifest === undefined) manifest = readManifest(line, file);
      else if (ending !== undefined) throw new Error("something follows its end");
      else {
        const value = parseOrUndefined(line);
        const end = endLine.safeParse(value).data;
        if (end !== undefined) {
          ending = end;
          continue;
        }
        if (line.at(-1) !== lineBreak) throw new TransferError(cutOff(file));
        parsePortable(parseJson(line));
        rows += 1;
      }
      hash.update(line);
    }
  } catch (cause) {
    if (cause instanceof TransferError) throw cause;
    throw new TransferError(explainReading(cause, file, manifest === undefined), { cause });
  }
  if (manifest === undefined) throw new TransferError(foreign(file));
  if (ending === undefined) throw new TransferError(cutOff(file));
  if (ending.sha256 !== hash.digest("hex") || ending.rows !== rows)
    throw new TransferError(damaged(file, "its checksum is another one"));
  const { posts, deliveries, sites, sha256 } = ending;
  return { file, ...manifest, rows, posts, deliveries, sites, sha256 };
};

/** Reads the rows of a checked export. */
export async function* readRows({ file }: Pick<CheckedExport, "file">): AsyncGenerator<PortableRow> {
  let isFirst = true;
  for await (const line of splitLines(unzipped(file))) {
    const value = parseJson(line);
    if (!isFirst && !endLine.safeParse(value).success) yield parsePortable(value);
    isFirst = false;
  }
}

const keyed = z.looseObject({ pk: z.string().min(1), sk: z.string().min(1) });
const stored = z.object({ body: z.instanceof(Uint8Array).optional(), bodyKey: z.string().optional() });
const portable = z.looseObject({
  pk: z.string().min(1),
  sk: z.string().min(1),
  html: z.string().optional(),
  dueAt: z.number().optional(),
  site: z.string().optional(),
  id: z.string().optional(),
});

export type PortableRow = z.infer<typeof portable>;

/** Throws if the value is not a row. */
const parsePortable = (value: unknown): PortableRow => portable.parse(value);

/**
 * Converts a row to its form in an export: the body is text, whether it was in the row or in an object, and the attributes
 * that belong to a process of this installation are left out.
 */
const toPortable = async (row: Row, bodies: Pick<Bodies, "unpack">): Promise<PortableRow> => {
  const { dueShard: _, lease: __, body, bodyKey, ...attributes } = keyed.parse(row);
  const packed = stored.parse({ body, bodyKey });
  if (packed.body === undefined && packed.bodyKey === undefined) return attributes;
  try {
    return { ...attributes, html: await bodies.unpack({ body: packed.body, bodyKey: packed.bodyKey }) };
  } catch (error) {
    if (!(error instanceof UnreadableBody)) throw error;
    // The post is as damaged where the export is restored, until its document is saved there.
    return { ...attributes, damage: error.message };
  }
};

/** Converts a row of an export to its stored form, with its body packed again. */
export const fromPortable = async (
  { html, dueAt, ...attributes }: PortableRow,
  bodies: Pick<Bodies, "pack">,
): Promise<Row & Key> => {
  const { site = "", id = "" } = attributes;
  const body = html === undefined ? {} : await bodies.pack(html, { site, id, others: JSON.stringify(attributes) });
  return { ...attributes, ...body, ...dueAttributes(attributes, dueAt) };
};

/** A data folder or a deployment: what is exported, and where an export is restored. */
export interface Installation {
  /** Its name in messages. */
  readonly label: string;
  /** What is done after a restore. */
  readonly nextStep: string;
  /** An export for a move begins after this many milliseconds, when no request is on its way any more. */
  readonly untilQuiet: number;
  /** Passes the lines of an export to `write`. After a move the installation sends nothing. */
  export<T>(kind: ExportKind, write: (lines: AsyncIterable<string>) => Promise<T>): Promise<T>;
  /** Restores an export into it. It must be new or empty. */
  restore(checked: CheckedExport, sites: readonly Site[]): Promise<void>;
  /** Undoes a move: the installation sends again. Returns when it was moved, or undefined if it was not. */
  resume(): Promise<Instant | undefined>;
}

/** The opened rows of an installation. */
interface Exported {
  readonly rows: () => Iterable<Row> | AsyncIterable<Row>;
  readonly bodies: Pick<Bodies, "unpack">;
  readonly moves: Moves;
  readonly clock: Clock;
  readonly untilQuiet: () => Promise<unknown>;
}

/** Exports the rows of an installation. For a move, it is marked as moved first. */
export const exportRows = <T>(
  { rows, bodies, moves, clock, untilQuiet }: Exported,
  kind: ExportKind,
  write: (lines: AsyncIterable<string>) => Promise<T>,
): Promise<T> => {
  const act = () => write(exportLines(rows(), { bodies, now: clock(), kind }));
  if (kind === "backup") return act();
  return markMovedAndRun(moves, clock(), async () => {
    await untilQuiet();
    return act();
  });
};

export const undoMove = async (moves: Moves): Promise<Instant | undefined> => {
  const moved = await moves.read();
  if (moved !== undefined) await moves.clear();
  return moved;
};

/**
 * Marks an installation as moved, and then exports it with `act`, so that only the new installation sends what is in the
 * export. The mark comes first: a process that is ended must not leave an export of an installation that continues to send.
 * If the export fails, the mark is removed.
 */
const markMovedAndRun = async <T>(moves: Moves, now: Instant, act: () => Promise<T>): Promise<T> => {
  const before = await moves.read();
  if (before === undefined) await moves.mark(now);
  try {
    return await act();
  } catch (error) {
    // If the mark cannot be removed either, the next start reports the move, and how to undo it.
    if (before === undefined) await moves.clear().catch(() => undefined);
    throw error;
  }
};

/** An export or a restore is refused. The message is one line with the next step. */
export class TransferError extends Error {
  override readonly name = "TransferError";
}
