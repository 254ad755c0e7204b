import * as z from "zod";

const Line = z.looseObject({
  _aws: z.object({
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string(), Unit: z.string() })),
      }),
    ),
  }),
});

export interface Emitted {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, unknown>>;
  readonly value: unknown;
}

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    // A log holds other lines, too.
    return undefined;
  }
};

/** The metrics that CloudWatch would read out of a log (CloudWatch User Guide, "Embedded metric format specification"). */
export const emittedIn = (log: string): readonly Emitted[] =>
  log.split("\n").flatMap((text) => {
    const line = Line.safeParse(parsed(text)).data;
    return (line?._aws.CloudWatchMetrics ?? []).flatMap(({ Namespace, Dimensions, Metrics }) =>
      Metrics.flatMap(({ Name }) =>
        Dimensions.map((names) => ({
          namespace: Namespace,
          metric: Name,
          dimensions: Object.fromEntries(names.map((name) => [name, line?.[name]])),
          value: line?.[Name],
        })),
      ),
    );
  });
