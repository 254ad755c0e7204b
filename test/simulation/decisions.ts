import * as z from "zod";
import type { Account } from "../../src/domain/account.ts";
import { type StoredRequest, textDecisions } from "../../src/domain/delivery.ts";
import { textDropped } from "../../src/domain/edited-text.ts";
import { type Instant, minute } from "../../src/domain/time.ts";
import type { Key } from "../../src/store/keys.ts";
import type { Row } from "../../src/store/table.ts";
import { nameIn } from "./document-acts.ts";

/** A worker that approves has read the post at most this long before. */
const longestRead = 5 * minute;

/** A request that was admitted before a stop is sent within its lease. */
const longestLease = 2 * minute;

interface DecisionParts {
  /** True if the account asks for approvals. */
  readonly asks: (account: string) => boolean;
  readonly now: () => Instant;
  readonly count: (name: string) => void;
  readonly violate: (text: string) => void;
}

const approvalOf = (row: Row | undefined): string | undefined => {
  const { passed } = row ?? {};
  return typeof passed === "object" && passed !== null && "approval" in passed && typeof passed.approval === "string"
    ? passed.approval
    : undefined;
};

interface Edited {
  readonly value: string;
  readonly over: string;
  readonly asks: boolean;
}

/** The text that was edited for a delivery, as its row has it. */
const editedOf = (row: Row | undefined): Edited | undefined => {
  const text = editedText.safeParse(row?.text).data;
  return text && { value: text.value, over: text.over, asks: text.ifOvertaken === "ask" };
};

const editedText = z.object({ value: z.string(), over: z.string(), ifOvertaken: z.enum(textDecisions) });
const withRequest = z.object({ request: z.string() });

/** The request that a worker is going to send. What was found on a network was sent before. */
const requestOf = (row: Row | undefined): string | undefined => {
  if (row?.state === "sending") return withRequest.safeParse(row.sent).data?.request;
  return row?.state === "editing" ? withRequest.safeParse(row.edit).data?.request : undefined;
};

const history = z.object({ first: z.array(z.unknown()), last: z.array(z.unknown()) });

/** The reason of the last entry of its history. */
const lastReason = (row: Row): string | undefined => {
  const { first, last } = history.safeParse(row.history).data ?? { first: [], last: [] };
  return z.object({ reason: z.string().optional() }).safeParse([...first, ...last].at(-1)).data?.reason;
};

/** What people have decided, compared with each request that is sent: what was approved, and what was stopped. */
export const watchDecisions = ({ asks, now, count, violate }: DecisionParts) => {
  /** The titles that a post's row had, or the first words of a note, by partition. */
  const titles = new Map<string, { readonly slug: string; readonly title: string; readonly at: Instant }[]>();
  /** The titles that were approved, by account and slug. */
  const approved = new Map<string, Set<string>>();
  /** Since when an account is stopped, and until when a request that was admitted before may be sent. */
  const stops = new Map<string, Instant>();

  const noteTitle = ({ pk }: Key, { slug, title: label }: Row): void => {
    const [title] = nameIn(String(label));
    const known = titles.get(pk) ?? [];
    titles.set(pk, known);
    if (typeof slug === "string" && typeof title === "string" && known.at(-1)?.title !== title)
      known.push({ slug, title, at: now() });
  };

  /** The title of the moment, and those that the row had a short time before. */
  const recentTitles = ({ pk }: Key) => {
    const known = titles.get(pk) ?? [];
    return known.filter((_, index) => (known[index + 1]?.at ?? now()) >= now() - longestRead);
  };

  const noteApproval = (key: Key, row: Row): void => {
    const edited = editedOf(row);
    const [title = "", slug = ""] = nameIn(edited?.value ?? "");
    for (const one of edited === undefined ? recentTitles(key) : [{ slug, title }]) {
      const name = `${row.account} ${one.slug}`;
      approved.set(name, (approved.get(name) ?? new Set()).add(one.title));
    }
  };

  /** The texts that people have written, by account. */
  const written = new Set<string>();
  /** What the document said when a person decided for an edited text, by its delivery and the hash in its row. */
  const over = new Map<string, Set<string>>();

  /** No text goes out that neither the document nor a person wrote for this account, or that the document overtook. */
  const watchText = (key: Key, after: Row, before: Row | undefined): void => {
    const [edited, then] = [editedOf(after), editedOf(before)];
    const name = `${key.pk} ${key.sk}`;
    if (after.text === undefined && then !== undefined && lastReason(after) !== textDropped)
      violate(`TEXT: ${name} has lost "${then.value}", and nobody decided that (${lastReason(after)})`);
    const isKept = then?.value === edited?.value && then?.over !== edited?.over;
    if (isKept && edited?.asks === true && lastReason(after) !== "released by hand")
      violate(`OVERTAKEN: ${name} keeps "${edited.value}" over another text, and nobody decided that`);
    const decision = `${name} ${edited?.over}`;
    if (edited !== undefined && (then?.over !== edited.over || then.value !== edited.value))
      over.set(decision, new Set([...(over.get(decision) ?? []), ...recentTitles(key).map(({ title }) => title)]));
    const request = requestOf(after);
    if (request === undefined || request === requestOf(before)) return;
    const [sent = ""] = nameIn(request);
    if (edited === undefined) {
      if (sent.startsWith("Text ")) violate(`TEXT: ${name} is going to send "${sent}", and has no such text`);
      return;
    }
    count("request with an edited text");
    if (sent !== edited.value) violate(`TEXT: ${name} is going to send "${sent}" instead of "${edited.value}"`);
    if (!written.has(`${String(after.account)} ${edited.value}`))
      violate(`TEXT: ${name} has "${edited.value}", which nobody wrote for this account`);
    const isOver = recentTitles(key).some(({ title }) => over.get(decision)?.has(title) === true);
    if (after.state === "sending" && edited.asks && !isOver)
      violate(`OVERTAKEN: ${name} is going to send "${sent}", and its document says something else`);
  };

  return {
    onWrite: (key: Key, after: Row | undefined, before: Row | undefined): void => {
      if (after === undefined) return;
      if (key.sk === "POST") noteTitle(key, after);
      if (key.sk.startsWith("DELIVERY#")) watchText(key, after, before);
      const approval = approvalOf(after);
      if (approval !== undefined && approval !== approvalOf(before)) noteApproval(key, after);
    },
    /** Called before a request that makes, edits or deletes a copy. */
    onRequest: (
      { name }: Pick<Account, "name">,
      kind: "send" | "edit" | "remove",
      request: StoredRequest | undefined,
    ): void => {
      const until = stops.get(name) ?? stops.get("*");
      if (until !== undefined && now() > until)
        violate(`STOPPED: ${name} has a request (${kind}) after it was stopped`);
      const [title, slug] = nameIn(JSON.stringify(request ?? {}));
      if (!asks(name) || title === undefined) return;
      if (approved.get(`${name} ${slug}`)?.has(title) !== true)
        violate(`NOT APPROVED: ${name} has a request (${kind}) with "${title}", which nobody approved`);
    },
    edited: (account: string, text: string): void => void written.add(`${account} ${text}`),
    stopped: (account: string, isUnderWay: boolean): void => {
      stops.set(account, now() + (isUnderWay ? longestLease : 0));
    },
    resumed: (account: string): void => void stops.delete(account),
  };
};

export type Decisions = ReturnType<typeof watchDecisions>;
