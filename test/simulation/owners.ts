import type { Account } from "../../src/domain/account.ts";
import type { Remote } from "../../src/domain/delivery.ts";
import { day, hour, type Instant } from "../../src/domain/time.ts";
import { kinds } from "../../src/networks/nostr.ts";
import { deliveryRow } from "../../src/store/delivery-rows.ts";
import { keyComponents } from "../../src/store/keys.ts";
import type { Row } from "../../src/store/table.ts";
import { contentOf } from "./network/models.ts";
import { type Copy, hasOrHadId } from "./network/network-model.ts";

interface OwnerParts {
  readonly installation: number;
  readonly copies: readonly Copy[];
  readonly rows: () => readonly Row[];
  /** False once a row was damaged or an earlier table was put back: an installation may have forgotten its own copies. */
  readonly knowsItsCopies: () => boolean;
  readonly now: () => Instant;
  readonly count: (name: string) => void;
  readonly violate: (text: string) => void;
}

/** True where a key of the delivery names the copy: it is the delivery's, whatever the other installation made of it. */
const isNamedByKey = ({ network, id, arrivedAt }: Copy, now: Instant): boolean => {
  if (network === "mastodon") return now - arrivedAt <= hour;
  return (
    ["bluesky", "micropub", "webhook"].includes(network) || (network === "nostr" && id.startsWith(`${kinds.article}:`))
  );
};

/**
 * Checks who made the copies that one installation takes for its own. Between accounts and sites, also those with one
 * login, the rule is strict: nobody touches the copy of another.
 *
 * Between two installations it cannot be. With the same configuration both derive the same keys from the same posts, so
 * that Bluesky, Mastodon within an hour, Micropub by its slugs, articles on Nostr and the receiver of a webhook keep one copy for both; and one
 * that searches before a send, or after one without an answer, finds an equal post that its own login has made. It is
 * taken over (decision 42), and both edit and delete it afterwards. So a copy of the other installation may be taken
 * over where a network can be searched or has keys: if it says at some time what the row says, or has the delivery's key.
 * Anywhere else it is never touched.
 */
export const watchOwners = ({ installation, copies, rows, knowsItsCopies, now, count, violate }: OwnerParts) => {
  const named = (network: string, { id }: Pick<Remote, "id">): readonly Copy[] =>
    copies.filter((copy) => copy.network === network && hasOrHadId(copy, id));
  const isOwn = (copy: Copy): boolean => copy.installation === installation;
  const removed = new Set<Copy>();
  const edited = new Set<Copy>();
  /** When a row of an account said last that its owner was told: a crash before that has the owner told again. */
  const told = new Map<string, Instant>();
  const noteTold = ({ pk, sk, elsewhere }: Row = {}): void => {
    if (sk === "ACCOUNT" && elsewhere !== undefined) told.set(String(keyComponents(String(pk))[1]), now());
  };

  return {
    isOwn,
    /** True if this installation has ever sent the deletion of the copy, or an edit. */
    hasRemoved: (copy: Copy): boolean => removed.has(copy),
    hasEdited: (copy: Copy): boolean => edited.has(copy),
    /** Called before an edit or a deletion. `isShared`: the network can be searched, or has the keys of deliveries. */
    onChange: (
      { name, network }: Pick<Account, "name" | "network">,
      change: "edits" | "deletes",
      remote: Remote,
      isShared: boolean,
    ): void => {
      const all = named(network, remote);
      for (const copy of all) (change === "deletes" ? removed : edited).add(copy);
      const isNamed = ({ account, remotes }: Row): boolean =>
        account === name && JSON.stringify(remotes ?? []).includes(JSON.stringify(remote.id));
      const ofAccount = all.filter(({ account }) => account === name);
      if (all.length > 0 && ofAccount.length === 0)
        violate(`OWNER: ${name} ${change} ${remote.id}, which ${all.at(-1)?.account} made`);
      else if (all.length > 0 && !rows().some(isNamed))
        violate(`OWNER: ${name} ${change} ${remote.id}, which none of its deliveries has`);
      else if (!isShared && ofAccount.length > 0 && !ofAccount.some(isOwn))
        violate(`OWNER: ${name} of installation ${installation} ${change} ${remote.id}, which the other one made`);
    },
    onWrite: (after: Row | undefined, before: Row | undefined): void => {
      noteTold(after);
      const known = JSON.stringify(before?.remotes ?? []);
      if (after?.remotes === undefined || JSON.stringify(after.remotes) === known) return;
      const row = deliveryRow.safeParse(after).data;
      if (row === undefined || !("sent" in row) || !("remotes" in row)) return;
      const { account, network, remotes, sent } = row;
      for (const [part, remote] of remotes.entries()) {
        const all = named(network, remote).filter((copy) => copy.account === account);
        const said = contentOf(network, sent.request, part);
        if (all.length === 0 || all.some(isOwn) || known.includes(JSON.stringify(remote.id))) continue;
        count("case a copy of another installation is taken over");
        if (!all.some((copy) => isNamedByKey(copy, now()) || copy.contents.has(said)))
          violate(`OWNER: ${account} takes over ${remote.id}, which never said what its delivery says`);
      }
    },
    /** Called when an account's owner is told of another installation. */
    onElsewhere: (account: string): void => {
      if (!knowsItsCopies()) return;
      count("case an owner is told of another installation");
      if (!copies.some((copy) => copy.account === account && !isOwn(copy)))
        violate(`ELSEWHERE: ${account} is told of another installation, which has made no copy`);
      const at = told.get(account);
      if (at !== undefined && now() - at < 29 * day)
        violate(`ELSEWHERE: ${account} is told of another installation twice`);
    },
  };
};

export type Owners = ReturnType<typeof watchOwners>;
