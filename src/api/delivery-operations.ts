import * as z from "zod";
import { actOnAll, actOnDelivery, actOnPost, withdrawCopy } from "../app/deliver/act-on-deliveries.ts";
import { type Decision, resolve, retry } from "../app/deliver/change-delivery.ts";
import {
  measureText,
  type Refused,
  readText,
  saveText,
  type TextTarget,
  useDocumentText,
} from "../app/deliver/edit-text.ts";
import { resumeSending, type Stopped, stopSending } from "../app/deliver/stop-sending.ts";
import type { Resolved } from "../app/results.ts";
import type { SiteContext } from "../app/site-context.ts";
import { listDeliveries, listScheduled, listUpcoming } from "../app/status/delivery-status.ts";
import { accountText, delivery, loggedAct, measuredText } from "../contract/deliveries.ts";
import { stop } from "../contract/installation-status.ts";
import { list, moment, oneOf, orNull, text, timeZone } from "../contract/values.ts";
import { deliveryStates, textDecisions } from "../domain/delivery.ts";
import type { DeliveryAction } from "../domain/delivery-commands.ts";
import { allAccounts } from "../domain/stopped.ts";
import { cleanLine } from "../domain/text.ts";
import { cursor, flag, operation } from "./operation.ts";

const already = z.boolean().describe("It was so before: nothing has changed.");
const changedDelivery = delivery.extend({ already, timeZone }).meta({ id: "ChangedDelivery" });
const deliveryPage = z
  .object({ deliveries: list(delivery), next: orNull(text), timeZone })
  .meta({ id: "DeliveryPage" });
const upcomingPage = deliveryPage
  .extend({
    scheduled: list(
      z.object({
        slug: text,
        at: moment,
        accounts: list(text).describe("Those that announce it by what is known now."),
      }),
    ).describe("With the first page: posts that are planned at their date, of the fifty that changed last."),
  })
  .meta({ id: "UpcomingPage" });
const actPage = z.object({ acts: list(loggedAct), next: orNull(text), timeZone }).meta({ id: "ActPage" });
const changedPage = z
  .object({
    deliveries: list(delivery.extend({ already })),
    problems: list(text).describe(
      "Why other deliveries of the post are left as they are, or what delays those that were changed.",
    ),
    next: orNull(text),
    timeZone,
  })
  .meta({ id: "ChangedDeliveries" });

/** The version and the text that a person saw before they decided. */
const seen = {
  version: z.coerce
    .number({ error: "`version` is the number of the delivery's version that you saw." })
    .int()
    .min(1)
    .optional()
    .describe("The version that was seen. With another one now, the request is refused."),
  shown: text.optional().describe("The hash of the text that was seen. With another text now, the request is refused."),
};

const decision = (
  actor: string | undefined,
  { version, shown }: { readonly version?: number | undefined; readonly shown?: string | undefined } = {},
): Decision => ({ by: actor, seen: { version, shown } });

const change = (resolved: Resolved) =>
  "problem" in resolved
    ? ({ refusal: 409, detail: resolved.problem, ...(resolved.delivery && { delivery: resolved.delivery }) } as const)
    : { ...resolved.delivery, already: resolved.already };

/** The text of a post for one account. */
const textOf = {
  post: text.optional().describe("The post, with an account."),
  account: text.optional().describe("The account whose text it is."),
  delivery: text.optional().describe("The id of a delivery, instead of a post and an account."),
};

const givenText = z.string({ error: "Name the text with `text`." });

const noSuchText = ({ post = "" }: TextTarget) =>
  ({ refusal: 404, detail: post === "" ? "Name a post and an account." : `There is no post ${post}.` }) as const;

/** `act`: what was to be done, which begins the message. */
const refuseText = ({ problem, isInvalid }: Refused, act = "") => ({
  refusal: isInvalid === true ? (422 as const) : (409 as const),
  detail: `${act}${sentence(problem)}`,
});

const changeText = (resolved: Resolved | Refused | undefined, target: TextTarget) => {
  if (resolved === undefined) return noSuchText(target);
  if ("problem" in resolved && "isInvalid" in resolved) return refuseText(resolved, "Nothing was saved. ");
  return change(resolved);
};

const sentence = (problem: string): string => `${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`;

/** Acts on one delivery, named by its id or by a part of the id that is unique. */
const actOnOne = <const Act extends DeliveryAction>(act: Act, summary: string) =>
  operation({
    method: "POST",
    path: `/api/deliveries/{id}/${act}`,
    summary,
    query: z.strictObject(seen),
    answer: changedDelivery,
    problems: [409],
    run: async ({ site, ports, name, query, actor }) =>
      change(await actOnDelivery(site.id, act, name, decision(actor, query), ports)),
  });

/**
 * Acts on the deliveries of a post (`post`: its name), or of the site, page by page (`all`). The answer has those that
 * were changed.
 */
const actOnMany = <const Act extends DeliveryAction>(act: Act, summary: string) =>
  operation({
    method: "POST",
    path: `/api/deliveries/${act}`,
    summary,
    query: z.strictObject({
      post: text.optional().describe("The deliveries of this post."),
      all: flag.describe("All deliveries of the site, page by page."),
      from: cursor,
    }),
    answer: changedPage,
    problems: [409],
    run: async ({ site, ports, query, actor }) => {
      if (query.post !== undefined) {
        const acted = await actOnPost(site, act, query.post, decision(actor), ports);
        if (acted === undefined) return { refusal: 404, detail: `There is no post ${query.post}.` };
        const deliveries = acted.deliveries.map((one) => ({ ...one.delivery, already: one.already }));
        return { deliveries, problems: acted.problems, next: undefined };
      }
      if (!query.all)
        return { refusal: 400, detail: "Name a post with `?post=`, or say `?all=true` to mean all deliveries." };
      const { rows, next } = await actOnAll(site.id, act, query.from, decision(actor), ports);
      return { deliveries: rows.map((one) => ({ ...one, already: false })), problems: [], next };
    },
  });

/** Operations on deliveries. */
export const deliveryOperations = {
  deliveries: operation({
    method: "GET",
    path: "/api/deliveries",
    summary: "Lists the deliveries in one state.",
    query: z.strictObject({
      state: z
        .enum(deliveryStates, { error: `Name one state: \`?state=\` with one of ${deliveryStates.join(", ")}.` })
        .describe("`held` also has the copies whose edit waits for an approval."),
      from: cursor,
    }),
    answer: deliveryPage,
    problems: [],
    run: async ({ ports, query }) => {
      const { rows, next } = await listDeliveries(query.state, query.from, ports);
      return { deliveries: rows, next };
    },
  }),
  upcoming: operation({
    method: "GET",
    path: "/api/upcoming",
    summary: "Lists what waits to be sent on all accounts, by the time at which it goes out.",
    query: z.strictObject({
      limit: z.coerce
        .number({ error: "`limit` is a number from 1 to 100." })
        .int()
        .min(1)
        .max(100)
        .default(50)
        .describe("The most deliveries in the answer. It may have fewer, although there are more."),
      from: cursor,
    }),
    answer: upcomingPage,
    problems: [],
    run: async ({ site, ports, query: { limit, from } }) => {
      const { rows, next } = await listUpcoming({ limit, from }, ports);
      return { deliveries: rows, scheduled: from === undefined ? await listScheduled(site.id, ports) : [], next };
    },
  }),
  retry: operation({
    method: "POST",
    path: "/api/deliveries/{id}/retry",
    summary: "Sends a failed delivery again, and one that waits or is held now.",
    query: z.strictObject(seen),
    answer: changedDelivery,
    problems: [409],
    run: async ({ site, ports, name, query, actor }) =>
      change(await retry(site.id, name, decision(actor, query), ports)),
  }),
  resolve: operation({
    method: "POST",
    path: "/api/deliveries/{id}/resolve",
    summary: "Records what became of an unknown delivery, or of the missing part of one.",
    body: "query",
    query: z.strictObject({
      as: z
        .enum(["posted", "retry"], {
          error: 'Send {"as": "posted"} if the post is on the network, or {"as": "retry"} if it is not.',
        })
        .describe("`posted`: it is on the network. `retry`: it is not, and is sent again."),
      ...seen,
    }),
    answer: changedDelivery,
    problems: [409],
    run: async ({ site, ports, name, query, actor }) =>
      change(await resolve(site.id, name, query.as, decision(actor, query), ports)),
  }),
  withdraw: operation({
    method: "POST",
    path: "/api/deliveries/withdraw",
    summary: "Takes back the copy of a post on one account, and keeps the post.",
    query: z.strictObject({
      post: z.string({ error: "Name the post with `?post=`." }),
      account: z.string({ error: "Name the account with `?account=`: DELETE of the post takes back all copies." }),
    }),
    answer: changedPage,
    problems: [409],
    run: async ({ site, ports, query: { post, account }, actor }) => {
      const acted = await withdrawCopy(site, post, account, decision(actor), ports);
      if (acted === undefined) return { refusal: 404, detail: `There is no post ${post}.` };
      if (acted.deliveries.length === 0) return { refusal: 409, detail: `${acted.problems.join("; ")}.` };
      const deliveries = acted.deliveries.map((one) => ({ ...one.delivery, already: one.already }));
      return { deliveries, problems: acted.problems, next: undefined };
    },
  }),
  text: operation({
    method: "GET",
    path: "/api/deliveries/text",
    summary: "Shows the text of a post for one account, and what Crier adds to it.",
    query: z.strictObject(textOf),
    answer: accountText.extend({ timeZone }),
    problems: [409],
    run: async ({ site, ports, query }) => {
      const found = await readText(site, query, ports);
      if (found === undefined) return noSuchText(query);
      return "value" in found ? found : refuseText(found);
    },
  }),
  measureText: operation({
    method: "POST",
    path: "/api/deliveries/text/length",
    summary: "Counts a text as the network of an account does. Nothing is changed.",
    body: "query",
    query: z.strictObject({ ...textOf, text: givenText }),
    answer: measuredText.extend({ timeZone }),
    problems: [409],
    run: async ({ site, ports, query: { text: given, ...target } }) => {
      const measured = await measureText(site, target, given, ports);
      if (measured === undefined) return noSuchText(target);
      return "length" in measured ? measured : refuseText(measured);
    },
  }),
  editText: operation({
    method: "POST",
    path: "/api/deliveries/text",
    summary: "Gives one account a text of its own, in the place of the document's. A text that is out is not edited.",
    body: "query",
    query: z.strictObject({
      ...textOf,
      text: givenText,
      ifOvertaken: z
        .enum(textDecisions)
        .default("ask")
        .describe("Where the document says something else before it is sent: `ask` holds it, `mine` sends this text."),
      ...seen,
    }),
    answer: changedDelivery,
    problems: [409, 422],
    run: async ({ site, ports, query: { text: given, ifOvertaken, version, shown, ...target }, actor }) =>
      changeText(
        await saveText(site, target, { text: given, ifOvertaken }, decision(actor, { version, shown }), ports),
        target,
      ),
  }),
  documentText: operation({
    method: "POST",
    path: "/api/deliveries/text/document",
    summary: "Gives one account the text of the document again. A copy that has an edited text is edited.",
    body: "query",
    query: z.strictObject({ ...textOf, ...seen }),
    answer: changedDelivery,
    problems: [409],
    run: async ({ site, ports, query: { version, shown, ...target }, actor }) =>
      changeText(await useDocumentText(site, target, decision(actor, { version, shown }), ports), target),
  }),
  release: actOnOne("release", "Sends a delivery that is held."),
  releaseMany: actOnMany("release", "Sends all that is held, of a post or of the site."),
  hold: actOnOne("hold", "Keeps a delivery that waits from being sent."),
  holdMany: actOnMany("hold", "Keeps all that waits from being sent, of a post or of the site."),
  approve: actOnOne("approve", "Approves a delivery that waits for it."),
  approveMany: actOnMany("approve", "Approves all that waits for it, of a post or of the site."),
  dismiss: actOnOne("dismiss", "Cancels a delivery for good."),
  dismissMany: actOnMany("dismiss", "Cancels all that is held, of a post or of the site, for good."),
} as const;

const sending = z
  .object({
    stopped: list(stop.extend({ account: orNull(text).describe("Null: all accounts.") })),
    already,
    underWay: list(text).describe(
      "The ids of deliveries with a request that was sent before, and may still be posted.",
    ),
    timeZone,
  })
  .meta({ id: "Sending" });

const resumed = sending
  .extend({
    wouldSend: list(
      z.object({
        account: text,
        deliveries: list(z.object({ id: text, slug: text, state: oneOf(deliveryStates) })).describe("The first ones."),
        more: z.boolean().describe("There are others."),
      }),
    ).describe(
      "What accounts would send that are stopped because the data was restored to an earlier state. Nothing was resumed unless it is empty: compare it with the networks, dismiss what is there already, and repeat the request with `confirm=true`.",
    ),
  })
  .meta({ id: "ResumedSending" });

const noAccount = (account = "", { ports }: Pick<SiteContext, "ports">) =>
  ({
    refusal: 404,
    detail: `There is no account ${account}: there is ${ports.allAccounts.map(({ name }) => name).join(", ")}.`,
  }) as const;

const changedSending = ({ stops, already: wasSo, underWay }: Stopped) => ({
  stopped: Object.entries(stops.accounts).map(([name, { since, why, by }]) => ({
    since,
    why,
    by,
    account: name === allAccounts ? undefined : name,
  })),
  already: wasSo,
  underWay,
});

const oneOrAll = text.optional().describe("The account. All accounts of all sites, if it is absent.");

/** Operations on what accounts send. */
export const sendingOperations = {
  stopSending: operation({
    method: "POST",
    path: "/api/sending/stop",
    summary: "Stops what an account sends, edits and deletes on its network, or what all accounts do.",
    query: z.strictObject({
      account: oneOrAll,
      why: z
        .string({ error: "Say why with `?why=`: everybody who asks why nothing goes out reads it." })
        .regex(/\S/)
        .max(200),
    }),
    answer: sending,
    problems: [],
    run: async ({ query: { account, why }, actor, ...context }) => {
      const changed = await stopSending(account, { why: cleanLine(why), by: actor }, context.ports);
      return changed === undefined ? noAccount(account, context) : changedSending(changed);
    },
  }),
  resumeSending: operation({
    method: "POST",
    path: "/api/sending/resume",
    summary: "Ends the stop of an account, or that of all accounts. What waited goes out.",
    query: z.strictObject({
      account: oneOrAll,
      confirm: flag.describe("Resumes accounts, too, that are stopped because the data was restored."),
    }),
    answer: resumed,
    problems: [],
    run: async ({ query: { account, confirm = false }, actor, ...context }) => {
      const changed = await resumeSending(account, { by: actor, isConfirmed: confirm }, context.ports);
      if (changed === undefined) return noAccount(account, context);
      return { ...changedSending(changed), wouldSend: changed.wouldSend };
    },
  }),
  log: operation({
    method: "GET",
    path: "/api/log",
    summary: "Lists what people decided in the site, and who, the newest first. It is kept for 400 days.",
    query: z.strictObject({ from: cursor }),
    answer: actPage,
    problems: [],
    run: async ({ site, ports, query: { from } }) => {
      const { rows, next } = await ports.actLog.newest(site.id, from);
      return {
        acts: rows.map(({ at, by, act, slug, title, account, state, reason }) => ({
          at,
          by,
          act,
          slug,
          title,
          account,
          state,
          reason,
        })),
        next,
      };
    },
  }),
} as const;
