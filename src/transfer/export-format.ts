import * as z from "zod";

/** Of the file. A newer one is refused: it may hold what this Crier would lose. */
export const formatVersion = 1;

/** The first line of an export. Every line between it and the last one is a row. */
export const manifestLine = z.object({
  format: z.literal("crier-export"),
  version: z.int().positive(),
  made: z.iso.datetime(),
  /** `move`: the home that it comes from sends nothing any more. Of a `backup` it may have sent what waits in it. */
  kind: z.enum(["backup", "move"]),
});

export type ExportKind = z.infer<typeof manifestLine>["kind"];

/** The last line of an export. */
export const endLine = z.object({
  end: z.literal(true),
  rows: z.int(),
  posts: z.int(),
  deliveries: z.int(),
  /** Their ids. */
  sites: z.array(z.string()),
  /** Of all bytes before this line. */
  sha256: z.string(),
});

export type Ending = Omit<z.infer<typeof endLine>, "end">;
