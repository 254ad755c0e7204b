import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import * as z from "zod";
import { errorCode } from "../domain/errors.ts";
import type { Site } from "../domain/site.ts";
import { type Instant, iso } from "../domain/time.ts";
import type { Clock } from "../ports/runtime.ts";
import type { Moves } from "../ports/store.ts";
import { type Bodies, UnreadableBody } from "../store/bodies.ts";
import { dueAttributes, isTokenKey, type Key, parseRef } from "../store/keys.ts";
import { migrateRow, rowFormat } from "../store/row-format.ts";
import { standInRow } from "../store/row-kinds.ts";
import { formatOf, type Row } from "../store/table.ts";
import {
  type CheckedExport,
  checkExport,
  type Ending,
  type ExportKind,
  type PortableRow,
  TransferError,
} from "./read-export.ts";

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
  yield line({ format: "crier-export", version: rowFormat.version, made: iso(now), kind });
  for await (const row of rows) {
    if (formatOf(row) > rowFormat.version)
      throw new TransferError(
        `the data has rows of a newer Crier (format ${formatOf(row)}, this one reads up to ${rowFormat.version}): export it with that version`,
      );
    // A row that cannot be read is left out or replaced, because nothing of an export with it would be restored.
    const portable = standInRow(await toPortable(migrateRow(row, rowFormat), bodies));
    // Tokens stay here: the new installation logs in with the secret, and this one continues to use them.
    if (portable === undefined || isTokenKey(portable)) continue;
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
  if (code === "ENOENT")
    return new TransferError(
      `${file} cannot be written: there is no folder ${dirname(file)}. Make it, or name another file`,
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
    await pipeline(bytes, createWriteStream(unfinished, { mode, flush: true }));
    const checked = await checkExport(unfinished);
    await rename(unfinished, file);
    return { ...checked, file };
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw explainWriting(error, file);
  }
};

const keyed = z.looseObject({ pk: z.string().min(1), sk: z.string().min(1) });
const stored = z.object({ body: z.instanceof(Uint8Array).optional(), bodyKey: z.string().optional() }).catch({});

/**
 * Converts a row to its form in an export: the body is text, whether it was in the row or in an object, and the attributes
 * that belong to a process of this installation are left out.
 */
const toPortable = async (row: Row, bodies: Pick<Bodies, "unpack">): Promise<Row & Key> => {
  const { dueShard: _, lease: __, format: ___, body, bodyKey, ...attributes } = keyed.parse(row);
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
  return { ...attributes, ...body, ...dueAttributes(attributes, dueAt), format: rowFormat.version };
};

/** A data folder or a deployment: what is exported, and where an export is restored. */
export interface Installation {
  /** Its name in messages. */
  readonly label: string;
  /** The steps after a restore. */
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
