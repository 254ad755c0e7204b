import * as z from "zod";
import { CommandError } from "./api-client.ts";

/** The answers of the API, as far as the commands read them. There may be more fields: a deployment can be newer than this command. */
const text = z.string();

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
};

/** The site's. A deployment that is older than this command gives none. */
const timeZone = text.refine(isTimeZone).catch("UTC");

export const warningAnswer = z.object({ code: text, field: text.optional(), message: text });

export const deliveryAnswer = z.object({
  id: text,
  slug: text,
  account: text,
  network: text,
  state: text,
  sandbox: z.boolean(),
  url: text.nullable(),
  attempts: z.number(),
  due: text.nullable(),
  reason: text.nullable(),
});

export const summaryAnswer = z.object({
  slug: text,
  url: text,
  title: text,
  published: text.nullable(),
  updated: text,
  status: text,
  reason: text.nullable(),
});

export const statusAnswer = summaryAnswer.extend({ deliveries: z.array(deliveryAnswer), timeZone });
export const listAnswer = z.object({ posts: z.array(summaryAnswer), next: text.nullable(), timeZone });
export const changedAnswer = deliveryAnswer.extend({ timeZone });
export const deliveriesAnswer = z.object({ deliveries: z.array(deliveryAnswer), next: text.nullable() });

export const refusedAnswer = z.object({
  refused: z.array(z.object({ source: text, path: text, reasons: z.array(warningAnswer), at: text })),
  waiting: z.array(z.object({ source: text, path: text, slug: text, since: text, reason: text })).default([]),
  timeZone,
});

export const planAnswer = z.object({
  post: z.object({ slug: text, title: text, url: text, published: text.nullable(), hold: text.optional() }),
  warnings: z.array(warningAnswer),
  snippets: z.array(
    z.object({ account: text, network: text, text, length: z.number(), limit: z.number(), reach: text }),
  ),
  timeZone,
});

export const putAnswer = z.object({
  result: text,
  url: text.optional(),
  hold: text.optional(),
  warnings: z.array(warningAnswer),
});

export const accountsAnswer = z.object({
  accounts: z.array(
    z.object({
      name: text,
      network: text,
      reach: text,
      problem: text.nullable().default(null),
      paused: z.object({ since: text, reason: text }).nullable(),
    }),
  ),
  timeZone,
});

export const feedsAnswer = z.object({
  feeds: z.array(
    z.object({
      key: text,
      title: text,
      url: text,
      rendered: text.nullable(),
      faults: z.array(z.object({ file: text, problem: text, entry: text.optional() })),
      hubs: z.array(z.object({ url: text, pinged: text.nullable(), reason: text.nullable() })),
    }),
  ),
});

export type Plan = z.output<typeof planAnswer>;
export type Status = z.output<typeof statusAnswer>;
export type Listed = z.output<typeof listAnswer>;
export type Delivery = z.output<typeof deliveryAnswer>;
export type Accounts = z.output<typeof accountsAnswer>;
export type Feeds = z.output<typeof feedsAnswer>;
export type Refused = z.output<typeof refusedAnswer>;

export const read = <T>(schema: z.ZodType<T>, answer: unknown): T => {
  const { data, error } = schema.safeParse(answer);
  if (data === undefined)
    throw new CommandError("the answer does not fit this command: use the same version of Crier on both sides", {
      cause: error,
    });
  return data;
};
