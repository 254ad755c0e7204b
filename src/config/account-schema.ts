import * as z from "zod";
import { suggestion } from "../domain/suggestion.ts";
import { networks } from "../networks/index.ts";
import { errorMessages } from "./messages.ts";
import { duration, language, name, quietHours } from "./values.ts";

export const networkNames = networks.map((network) => network.name);

const accountKeys = {
  name,
  network: z.string().refine((given) => networks.some((known) => known.name === given), {
    error: ({ input }) => `there is no network ${JSON.stringify(input)}: ${suggestion(String(input), networkNames)}`,
  }),
  site: z.string().optional(),
  language: language.optional(),
  pacing: z
    .strictObject({
      interval: duration.prefault("1m"),
      dailyCap: z.int().min(1).default(50),
      quietHours: quietHours.optional(),
    })
    .prefault({}),
  spend: z.strictObject({ monthly: z.number().positive() }).optional(),
  approve: z.boolean().optional(),
};

/** The other keys of an account are parsed by its network's schema. */
export const accountSchema = z
  .looseObject(accountKeys)
  .transform(({ name, network, site, language, pacing, spend, approve, ...others }, context) => {
    const parsed = networks
      .find((known) => known.name === network)
      ?.settings.safeParse(others, { error: errorMessages(Object.keys(accountKeys)) });
    for (const issue of parsed?.error?.issues ?? [])
      context.addIssue({ code: "custom", path: [...issue.path], message: issue.message });
    return { name, network, site, language, pacing, spend, approve, settings: { ...parsed?.data } };
  });
