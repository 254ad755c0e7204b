import { deliveryId } from "../domain/delivery.ts";
import type { Log } from "../ports/runtime.ts";
import { parseRef, partitions } from "./keys.ts";
import type { UnreadableRow } from "./table.ts";

/** The consequence of a row that cannot be read, and the remedy, by the first component of its key. */
const consequences: Readonly<Record<string, string>> = {
  [partitions.document]: "it is written again, as far as it can be read",
  [partitions.alias]: "the next document with this address or guid claims it: save it again",
  [partitions.shared]: "it is written again with its post",
  [partitions.translation]: "the next document of this translation claims it: save it again",
  [partitions.site]:
    "a source counts as not listed until its next listing, and a feed has the title of its key until the next audit",
  [partitions.feed]: "the feed is rendered anew, and its last files stay until then",
  [partitions.notice]: "it counts as new, so that a message may come twice",
  [partitions.account]: "what the account sent is counted from now on",
  [partitions.token]: "the account logs in again",
  [partitions.stop]: "nothing is sent anywhere before a person runs npx crier resume-sending",
};

const consequence = ({ key }: UnreadableRow): string => {
  const kind = parseRef(key)?.kind;
  if (kind === "post") return "the post is left out: save its document again, or remove it with npx crier remove";
  if (kind === "delivery")
    return "it is not sent by itself: look whether it is on the network, then run npx crier release, dismiss or resolve";
  const [partition = ""] = key.pk.split("#", 1);
  return consequences[partition] ?? "it counts as new, and is written again";
};

/** Describes a row that cannot be read, and what becomes of it, in one line. */
export const describeUnreadable = (unreadable: UnreadableRow): string => {
  const { key, names, newer } = unreadable;
  if (newer !== undefined)
    return `rows of format ${newer.found} are in the data, and this version of Crier knows up to ${newer.own}: they are neither read nor changed, and what is due of them waits. Deploy the newer version again`;
  const what = names.length === 0 ? "its text is damaged" : names.join(", ");
  return `the stored row ${JSON.stringify(`${key.pk} ${key.sk}`)} cannot be read (${what}): ${consequence(unreadable)}`;
};

/** Logs each row that cannot be read, once. */
export const logUnreadable = (log: Log): ((unreadable: UnreadableRow) => void) => {
  const logged = new Set<string>();
  return (unreadable) => {
    const text = describeUnreadable(unreadable);
    if (logged.has(text)) return;
    logged.add(text);
    const ref = parseRef(unreadable.key);
    log.alarm("ingest", text, ref?.kind === "delivery" ? { ...ref, delivery: deliveryId(ref) } : { ...unreadable.key });
  };
};
