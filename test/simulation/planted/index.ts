import type { Variant } from "../world.ts";
import { capsWhenPlanned } from "./caps-when-planned.ts";
import { endlessKey } from "./endless-key.ts";
import { everyAccountAtOnce } from "./every-account-at-once.ts";
import { naiveWorker } from "./naive-worker.ts";
import { noEarlyLook } from "./no-early-look.ts";
import { recomposedResend } from "./recomposed-resend.ts";
import { repeatedStep } from "./repeated-step.ts";
import { shortLook } from "./short-look.ts";

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
];
