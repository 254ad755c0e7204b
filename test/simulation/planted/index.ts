import type { Variant } from "../crier-process.ts";
import { addressAsIdentity } from "./address-as-identity.ts";
import { announcedAnswer } from "./announced-answer.ts";
import { anyTextApproved } from "./any-text-approved.ts";
import { anybodysArticle } from "./anybodys-article.ts";
import { blindToRestores } from "./blind-to-restores.ts";
import { capsWhenPlanned } from "./caps-when-planned.ts";
import { deafToStops } from "./deaf-to-stops.ts";
import { eachSiteAlone } from "./each-site-alone.ts";
import { editWithoutPicture } from "./edit-without-picture.ts";
import { endlessKey } from "./endless-key.ts";
import { everyAccountAtOnce } from "./every-account-at-once.ts";
import { leftOutForGood } from "./left-out-for-good.ts";
import { linkedNote } from "./linked-note.ts";
import { naiveWorker } from "./naive-worker.ts";
import { newEvent } from "./new-event.ts";
import { noEarlyLook } from "./no-early-look.ts";
import { oneRelayIsEnough } from "./one-relay-is-enough.ts";
import { pictureAsText } from "./picture-as-text.ts";
import { previousAsRoot } from "./previous-as-root.ts";
import { recomposedResend } from "./recomposed-resend.ts";
import { repeatedStep } from "./repeated-step.ts";
import { replacedCopy } from "./replaced-copy.ts";
import { resendToAnybody } from "./resend-to-anybody.ts";
import { secondKind } from "./second-kind.ts";
import { shortLook } from "./short-look.ts";
import { staleSource } from "./stale-source.ts";
import { starThread } from "./star-thread.ts";
import { neverOvertaken, textOfDocument } from "./text-of-document.ts";
import { toldEachTime } from "./told-each-time.ts";

interface Planted {
  readonly name: string;
  readonly variant: Variant;
  /** The network that it concerns; undefined: all. */
  readonly network?: string;
  /** Words of the check that has to find it; undefined: any check. */
  readonly violation?: string;
}

/** Faults that a worker may have. The simulation finds each of them; seeds.json has the first seed that does. */
export const planted: readonly Planted[] = [
  { name: "a naive worker, which sends and then records", variant: naiveWorker },
  { name: "a look that is blind to what waited", variant: shortLook, network: "mastodon" },
  { name: "limits that are asked when a post is planned", variant: capsWhenPlanned },
  { name: "a resend of the post's new text", variant: recomposedResend, network: "x" },
  { name: "a key that is trusted for ever", variant: endlessKey, network: "mastodon" },
  {
    name: "a first send that nobody was asked about, with an earlier table",
    variant: noEarlyLook,
    network: "mastodon",
  },
  {
    name: "a worker that sends with a restored table",
    variant: blindToRestores,
    network: "discord",
    violation: "DUPLICATE",
  },
  { name: "a worker that repeats a finished step", variant: repeatedStep, network: "mastodon" },
  { name: "accounts on one server that hold a worker each", variant: everyAccountAtOnce },
  { name: "a second message to who makes a second one of it", variant: resendToAnybody, network: "telegram" },
  {
    name: "an article that has the address, taken for the one that was sent",
    variant: anybodysArticle,
    network: "devto",
  },
  { name: "an event that is another one each time", variant: newEvent, network: "nostr" },
  { name: "a deletion that not every relay took", variant: oneRelayIsEnough, network: "nostr" },
  { name: "a thread in which all parts reply to the first", variant: starThread, network: "bluesky" },
  { name: "a thread in which each part names the one before as its root", variant: previousAsRoot, network: "bluesky" },
  { name: "an edit that takes the picture away", variant: editWithoutPicture, network: "mastodon" },
  { name: "an approval that holds for every later text", variant: anyTextApproved },
  {
    name: "a worker that sends the document's text in the place of an edited one",
    variant: textOfDocument,
    violation: "TEXT",
  },
  {
    name: "an edited text that its document overtook, sent all the same",
    variant: neverOvertaken,
    violation: "OVERTAKEN",
  },
  { name: "a worker that is deaf to a stop", variant: deafToStops },
  { name: "a post with a picture, taken to be refused by its text", variant: pictureAsText, network: "x" },
  { name: "a state of a source that stays unreadable", variant: staleSource },
  {
    name: "a document that becomes another post with another slug",
    variant: addressAsIdentity,
    violation: "has no document",
  },
  { name: "sites that take each other's copies for their own", variant: eachSiteAlone, network: "mastodon" },
  { name: "a copy that was there before, deleted and made anew", variant: replacedCopy, network: "mastodon" },
  { name: "an owner who is told of each copy of another installation", variant: toldEachTime, network: "mastodon" },
  { name: "a note with the link of its page", variant: linkedNote, network: "mastodon" },
  { name: "a note that gets a title, posted once more", variant: secondKind, network: "mastodon" },
  { name: "an answer to another page on a network", variant: announcedAnswer, violation: "ANSWER" },
  { name: "a note that gets a title, left out for good", variant: leftOutForGood, network: "devto", violation: "LOST" },
];
