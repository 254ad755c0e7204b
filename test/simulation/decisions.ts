import type { Account } from "../../src/domain/account.ts";
import type { StoredRequest } from "../../src/domain/delivery.ts";
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
  readonly violate: (text: string) => void;
}

const approvalOf = (row: Row | undefined): string | undefined => {
  const { passed } = row ?? {};
  return typeof passed === "object" && passed !== null && "approval" in passed && typeof passed.approval === "string"
    ? passed.approval
    : undefined;
};

/** What people have decided, compared with each request that is sent: what was approved, and what was stopped. */
export const watchDecisions = ({ asks, now, violate }: DecisionParts) => {
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
  const noteApproval = ({ pk }: Key, { account }: Row): void => {
    const known = titles.get(pk) ?? [];
    const recent = known.filter((_, index) => (known[index + 1]?.at ?? now()) >= now() - longestRead);
    for (const { slug, title } of recent) {
      const key = `${account} ${slug}`;
      approved.set(key, (approved.get(key) ?? new Set()).add(title));
    }
  };

  return {
    onWrite: (key: Key, after: Row | undefined, before: Row | undefined): void => {
      if (after === undefined) return;
      if (key.sk === "POST") noteTitle(key, after);
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
    stopped: (account: string, isUnderWay: boolean): void => {
      stops.set(account, now() + (isUnderWay ? longestLease : 0));
    },
    resumed: (account: string): void => void stops.delete(account),
  };
};

export type Decisions = ReturnType<typeof watchDecisions>;
