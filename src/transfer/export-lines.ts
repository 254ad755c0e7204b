import { createHash } from "node:crypto";
import { type Instant, iso } from "../domain/time.ts";
import type { Bodies } from "../store/bodies.ts";
import { isTokenKey, refOf } from "../store/keys.ts";
import type { Row } from "../store/table.ts";
import { type Ending, type ExportKind, formatVersion } from "./export-format.ts";
import { toPortable } from "./portable-row.ts";

interface ExportOptions {
  readonly bodies: Pick<Bodies, "unpack">;
  readonly now: Instant;
  readonly kind: ExportKind;
}

/** The lines of an export, each with its line break: a manifest, the rows, and the end with a checksum of all before it. */
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
    // The new home logs in by the secret, and this one goes on with what is its own.
    if (isTokenKey(portable)) continue;
    const ref = refOf(portable);
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
