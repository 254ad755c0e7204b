import type { Variant } from "../crier-process.ts";
import { anybodysArticle } from "./anybodys-article.ts";
import { capsWhenPlanned } from "./caps-when-planned.ts";
import { editWithoutPicture } from "./edit-without-picture.ts";
import { endlessKey } from "./endless-key.ts";
import { everyAccountAtOnce } from "./every-account-at-once.ts";
import { naiveWorker } from "./naive-worker.ts";
import { newEvent } from "./new-event.ts";
import { noEarlyLook } from "./no-early-look.ts";
import { oneRelayIsEnough } from "./one-relay-is-enough.ts";
import { pictureAsText } from "./picture-as-text.ts";
import { recomposedResend } from "./recomposed-resend.ts";
import { repeatedStep } from "./repeated-step.ts";
import { resendToAnybody } from "./resend-to-anybody.ts";
import { shortLook } from "./short-look.ts";
import { starThread } from "./star-thread.ts";

/** Faults that a worker may have. The simulation finds each within the seeds that CI runs. */
export const planted: readonly { readonly name: string; readonly variant: Variant }[] = [
  { name: "a naive worker, which sends and then records", variant: naiveWorker },
  { name: "a look that is blind to what waited", variant: shortLook },
  { name: "limits that are asked when a post is planned", variant: capsWhenPlanned },
  { name: "a resend of the post's new text", variant: recomposedResend },
  { name: "a key that is trusted for ever", variant: endlessKey },
  { name: "a first send that nobody was asked about, with an earlier table", variant: noEarlyLook },
  { name: "a worker that repeats a finished step", variant: repeatedStep },
  { name: "accounts on one server that hold a worker each", variant: everyAccountAtOnce },
  { name: "a second message to who makes a second one of it", variant: resendToAnybody },
  { name: "an article that has the address, taken for the one that was sent", variant: anybodysArticle },
  { name: "an event that is another one each time", variant: newEvent },
  { name: "a deletion that not every relay took", variant: oneRelayIsEnough },
  { name: "a thread in which all parts reply to the first", variant: starThread },
  { name: "an edit that takes the picture away", variant: editWithoutPicture },
  { name: "a post with a picture, taken to be refused by its text", variant: pictureAsText },
];
