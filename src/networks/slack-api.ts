import * as z from "zod";
import type { Outcome, StoredRequest } from "../domain/delivery.ts";
import type { Connection } from "../ports/networks.ts";
import type { ParsedLogin } from "./define.ts";
import { commonOutcome, type JsonResponse, reasonOf, retryAt } from "./http.ts";

interface Credentials {
  readonly url: string;
}

export const connectSlack = ({ credentials, sandbox, fetchJson }: ParsedLogin<unknown, Credentials>): Connection => {
  const { origin, pathname } = new URL(credentials.url);
  const [, , workspace = ""] = pathname.split("/");
  const post = async (json: StoredRequest, signal: AbortSignal) => {
    const result = await fetchJson((sandbox ?? origin) + pathname, { method: "POST", json, signal });
    return result.kind === "response" ? result.response : result;
  };
  return {
    // A webhook says nothing of itself. The workspace is in its address, and no secret.
    whoAmI: async () => ({ kind: "identity", id: `${origin}, workspace ${workspace}` }),
    send: async (request, _key, signal) => {
      const answer = await post(request, signal);
      const withoutImage = withoutImages(request);
      // Slack loads the picture before it takes the message. A picture is never the reason why a post does not go out.
      const isRetried = "status" in answer && isRefusedBlock(answer) && withoutImage !== undefined;
      return outcomeOf(isRetried ? await post(withoutImage, signal) : answer);
    },
  };
};

const blocksOf = z.array(z.looseObject({ type: z.string() }));

/** The same message without its picture; undefined where it has none. */
const withoutImages = (request: StoredRequest): StoredRequest | undefined => {
  const blocks = blocksOf.safeParse(request.blocks).data ?? [];
  const kept = blocks.filter(({ type }) => type !== "image");
  return kept.length === blocks.length ? undefined : { ...request, blocks: kept };
};

const isRefusedBlock = ({ status, text }: JsonResponse): boolean => status === 400 && text.trim() === "invalid_blocks";

/** Slack answers in a word: `ok`, `no_service`. A page of HTML comes from elsewhere. */
const wordOf = ({ text }: JsonResponse): string | undefined => /^[\w .,:-]{1,200}$/.exec(text.trim())?.[0];

/** docs.slack.dev, "Sending messages using incoming webhooks", "Handling errors": these are about the webhook or its channel. */
const refused: ReadonlySet<number> = new Set([401, 403, 404, 410]);

const outcomeOf = (answer: JsonResponse | Outcome): Outcome => {
  if ("kind" in answer) return answer;
  const word = wordOf(answer);
  // It names no message, which can be neither edited nor deleted.
  if (answer.status === 200 && word === "ok") return { kind: "posted", remote: { id: null, url: null, public: false } };
  const reason = reasonOf("Slack", answer.status, word);
  const common = commonOutcome(answer, reason, retryAt(answer));
  if (common !== undefined) return common;
  return refused.has(answer.status) || word === "invalid_token"
    ? { kind: "unauthorised", reason }
    : { kind: "rejected", reason };
};
