import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import * as z from "zod";
import { errorCode, errorMessage } from "../domain/errors.ts";
import { canonicalJson, isRecord, parseUntrustedJson } from "../domain/json-value.ts";
import type { Instant } from "../domain/time.ts";
import { type Key, parseRef } from "../store/keys.ts";
import { migrateRow, type RowFormat, rowFormat } from "../store/row-format.ts";
import { checkPortableRow } from "../store/row-kinds.ts";
import type { Row } from "../store/table.ts";

/** The first line of an export. Every line between it and the last one is a row. */
const manifestLine = z.object({
  format: z.literal("crier-export"),
  /** The format of the rows, and of the file. A newer one is refused, because this Crier could lose some of its data. */
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

export type Ending = Omit<z.infer<typeof endLine>, "end">;

/** Far more bytes than a row can have, which is 1 MB of Markdown as HTML in JSON. */
const maxLine = 64 * 1024 * 1024;
/** Ten times the rows of a blog with 30,000 posts. Their keys are remembered, so that none comes twice. */
const maxRows = 5_000_000;
/** Posts are rarely compressed to a twentieth. gzip can compress what repeats to a thousandth. */
const maxRatio = 200;
/** A small file of any ratio: what is read of it is soon read. */
const harmlessSize = 64 * 1024 * 1024;
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
  let size = 0;
  try {
    for await (const chunk of source.pipe(unzip)) {
      size += chunk.length;
      if (size > harmlessSize && size > maxRatio * source.bytesRead)
        throw new Error(`it would be more than ${maxRatio} times as large as its file`);
      yield chunk;
    }
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

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Throws with what is wrong with the line, as the end of a sentence about it. */
const parseLine = (line: Buffer): unknown => {
  const text = decodeLine(line);
  try {
    return parseUntrustedJson(text);
  } catch (cause) {
    if (errorMessage(cause).startsWith("it is nested")) throw cause;
    throw new Error("is not JSON", { cause });
  }
};

const decodeLine = (line: Buffer): string => {
  try {
    return utf8.decode(line);
  } catch (cause) {
    throw new Error("is not text in UTF-8", { cause });
  }
};

type Manifest = Pick<CheckedExport, "version" | "made" | "kind">;

const readManifest = (line: Buffer, file: string, format: RowFormat): Manifest => {
  const value = parseOrUndefined(line);
  const { data: first } = anyManifest.safeParse(value);
  if (first === undefined) throw new TransferError(foreign(file));
  if (first.version > format.version)
    throw new TransferError(
      `${file} was written by a newer Crier (format ${first.version}, this one reads up to ${format.version}): update this Crier, and restore it then`,
    );
  const { data } = manifestLine.safeParse(value);
  if (data === undefined) throw new TransferError(foreign(file));
  const { version, made, kind } = data;
  return { version, made: Date.parse(made), kind };
};

const parseOrUndefined = (line: Buffer): unknown => {
  try {
    return parseLine(line);
  } catch {
    return undefined;
  }
};

const portable = z.looseObject({
  pk: z.string().min(1),
  sk: z.string().min(1),
  html: z.string().optional(),
  dueAt: z.number().optional(),
  site: z.string().optional(),
  id: z.string().optional(),
});

export type PortableRow = z.infer<typeof portable>;

/** Returns a row of an export of this version in the format of this program. The file names the format once for all. */
const migrateLine = (line: Row, version: number, format: RowFormat): Row => {
  const { format: _, ...row } = migrateRow({ ...line, format: version }, format);
  return row;
};

/** An export that was checked and is complete. */
export interface CheckedExport extends Ending {
  readonly file: string;
  /** The format of its rows in the file. They are migrated when they are read. */
  readonly version: number;
  readonly made: Instant;
  readonly kind: ExportKind;
}

/** A list of mistakes that nobody reads to its end helps nobody. */
const maxNamed = 20;

/** Says which row it is, on one line: a key may have any character. */
const rowLabel = ({ pk, sk }: Key): string => {
  const text = JSON.stringify(`${pk} ${sk}`);
  return text.length <= 120 ? text : `${text.slice(0, 120)}…`;
};

/** Collects what is wrong with the rows, and what the rows are. */
const inspectRows = (file: string) => {
  const named: string[] = [];
  const keys = new Set<string>();
  const sites = new Set<string>();
  const counted = { rows: 0, posts: 0, deliveries: 0 };
  let mistakes = 0;

  const note = (what: string): void => {
    mistakes += 1;
    // The first line of the file is its manifest.
    if (named.length < maxNamed)
      named.push(
        `${file}, line ${counted.rows + 1}: ${oneLine(what)}, so that nothing is restored: take another export`,
      );
  };
  const noteKey = (row: Key): void => {
    const key = createHash("sha256")
      .update(`${row.pk}
${row.sk}`)
      .digest("base64")
      .slice(0, 16);
    if (keys.has(key)) note(`the row ${rowLabel(row)} is there twice`);
    keys.add(key);
  };
  const inspect = (value: Row): void => {
    const { data: row } = portable.safeParse(value);
    if (row === undefined) {
      note("the row has no key");
      return;
    }
    const ref = parseRef(row);
    if (ref !== undefined) sites.add(ref.site);
    if (ref?.kind === "post") counted.posts += 1;
    if (ref?.kind === "delivery") counted.deliveries += 1;
    noteKey(row);
    // A parsed row has no `__proto__` any more.
    const problems = Object.hasOwn(value, "__proto__") ? ["__proto__: is in no export"] : checkPortableRow(row);
    for (const problem of problems) note(`the row ${rowLabel(row)}: ${problem}`);
  };
  return {
    add: (line: Buffer, version: number, format: RowFormat): void => {
      counted.rows += 1;
      if (counted.rows > maxRows) throw new Error(`it has more than ${maxRows} rows`);
      const value = valueOrProblem(line);
      if (typeof value === "string") note(`the row ${value}`);
      else inspect(migrateLine(value, version, format));
    },
    /** Throws where a row is wrong, or where the end of the file says something else than its rows. */
    finish: (ending: Ending): void => {
      const found = { ...counted, sites: [...sites].toSorted() };
      const { sha256: _, ...written } = ending;
      if (mistakes === 0 && canonicalJson(found) !== canonicalJson(written))
        throw new TransferError(damaged(file, "its end counts other rows than it has"));
      if (mistakes > named.length) named.push(`${file} has ${mistakes - named.length} more mistakes`);
      if (mistakes > 0) throw new TransferError(named.join("\n"));
    },
  };
};

const maxProblem = 300;

const oneLine = (text: string): string => {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, " ");
  return line.length <= maxProblem ? line : `${line.slice(0, maxProblem)}…`;
};

const valueOrProblem = (line: Buffer): Row | string => {
  try {
    const value = parseLine(line);
    return isRecord(value) ? value : "is not a row";
  } catch (error) {
    return errorMessage(error);
  }
};

/**
 * Reads the whole file and returns its contents in numbers. Throws a `TransferError` if it is not complete, or if a row
 * is not one that the store could have written; its message has a line for each of the first mistakes.
 */
export const checkExport = async (file: string, format = rowFormat): Promise<CheckedExport> => {
  const hash = createHash("sha256");
  const rows = inspectRows(file);
  let manifest: Manifest | undefined;
  let ending: Ending | undefined;
  try {
    for await (const line of splitLines(unzipped(file))) {
      if (manifest === undefined) manifest = readManifest(line, file, format);
      else if (ending !== undefined) throw new Error("something follows its end");
      else {
        ending = readEnding(line);
        if (ending !== undefined) continue;
        if (line.at(-1) !== lineBreak) throw new TransferError(cutOff(file));
        rows.add(line, manifest.version, format);
      }
      hash.update(line);
    }
  } catch (cause) {
    if (cause instanceof TransferError) throw cause;
    throw new TransferError(explainReading(cause, file, manifest === undefined), { cause });
  }
  if (manifest === undefined) throw new TransferError(foreign(file));
  if (ending === undefined) throw new TransferError(cutOff(file));
  if (ending.sha256 !== hash.digest("hex")) throw new TransferError(damaged(file, "its checksum is another one"));
  rows.finish(ending);
  return { file, ...manifest, ...ending };
};

/** Undefined for every line but the last. Only that line has no key of a row, and it is short. */
const readEnding = (line: Buffer): Ending | undefined => {
  if (!line.subarray(0, endStart.length).equals(endStart)) return undefined;
  const { data } = endLine.safeParse(parseOrUndefined(line));
  if (data === undefined) return undefined;
  const { end: _, ...ending } = data;
  return ending;
};

const endStart = Buffer.from('{"end":true,');

/** Reads the rows of a checked export. Throws at their end where the file was changed since it was checked. */
export async function* readRows(
  { file, sha256, version }: Pick<CheckedExport, "file" | "sha256" | "version">,
  format = rowFormat,
): AsyncGenerator<PortableRow> {
  const hash = createHash("sha256");
  let isFirst = true;
  for await (const line of splitLines(unzipped(file))) {
    if (readEnding(line) !== undefined) break;
    hash.update(line);
    if (!isFirst) yield portable.parse(migrateLine(portable.parse(parseLine(line)), version, format));
    isFirst = false;
  }
  if (hash.digest("hex") !== sha256)
    throw new TransferError(`${file} was changed while it was restored: repeat the command`);
}

/** An export or a restore is refused. The message has the next step; it is one line, or one for each mistake in a file. */
export class TransferError extends Error {
  override readonly name = "TransferError";
}
