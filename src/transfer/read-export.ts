import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { codeOf, errorMessage } from "../domain/errors.ts";
import type { Instant } from "../domain/time.ts";
import { type Ending, type ExportKind, endLine, formatVersion, manifestLine } from "./export-format.ts";
import { type PortableRow, parsePortable } from "./portable-row.ts";
import { TransferError } from "./transfer-error.ts";

/** Far more than a row can have: 1 MB of Markdown, as HTML in JSON. */
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

/** Split at line feeds alone: JSON may hold every other line break as it is. The last line of a file that is cut off has none. */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
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

const explain = (error: unknown, file: string, isFirstLine: boolean): string => {
  const code = codeOf(error);
  if (code === "ENOENT") return `there is no file ${file}: give one that crier export wrote`;
  if (code === "Z_BUF_ERROR") return cutOff(file);
  if (code?.startsWith("Z_")) return isFirstLine ? foreign(file) : damaged(file, errorMessage(error));
  if (code !== undefined) return `${file} cannot be read (${code}): give a file that you may read`;
  return damaged(file, errorMessage(error).split("\n")[0] ?? "");
};

/** What every version has. */
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

/** An export that is whole. */
export interface CheckedExport extends Ending {
  readonly file: string;
  readonly made: Instant;
  readonly kind: ExportKind;
}

/** Reads the whole file, and says what it holds. Throws a `TransferError` for one that is not whole. */
export const checkExport = async (file: string): Promise<CheckedExport> => {
  const hash = createHash("sha256");
  let manifest: Manifest | undefined;
  let ending: Ending | undefined;
  let rows = 0;
  try {
    for await (const line of linesOf(unzipped(file))) {
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
    throw new TransferError(explain(cause, file, manifest === undefined), { cause });
  }
  if (manifest === undefined) throw new TransferError(foreign(file));
  if (ending === undefined) throw new TransferError(cutOff(file));
  if (ending.sha256 !== hash.digest("hex") || ending.rows !== rows)
    throw new TransferError(damaged(file, "its checksum is another one"));
  const { posts, deliveries, sites, sha256 } = ending;
  return { file, ...manifest, rows, posts, deliveries, sites, sha256 };
};

/** The rows of an export that was checked. */
export async function* rowsOf({ file }: Pick<CheckedExport, "file">): AsyncGenerator<PortableRow> {
  let isFirst = true;
  for await (const line of linesOf(unzipped(file))) {
    const value = parseJson(line);
    if (!isFirst && !endLine.safeParse(value).success) yield parsePortable(value);
    isFirst = false;
  }
}
