import type { Remote, StoredRequest } from "../../src/domain/delivery.ts";
import type { DefinedNetwork } from "../../src/networks/define.ts";
import { nthKey } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { aSnippet, type SnippetFields } from "../support/snippets.ts";
import type { ContractContext } from "./context.ts";

/** Helpers that the rules of single posts share. */
export const makeSender = (network: DefinedNetwork, context: ContractContext, preparesPosts = false) => {
  const aPost = (snippet: SnippetFields = {}) => {
    const url = `https://blog.example.com/post-${context.count()}/`;
    const { request, text, isCut, limit } = network.compose(aSnippet({ url, ...snippet }), context.account());
    return { url, key: nthKey(network, context.count()), request, text, isCut, limit };
  };
  type APost = Pick<ReturnType<typeof aPost>, "url" | "key" | "request">;

  let planned: Parameters<ContractContext["fault"]>[] = [];
  const send = async ({ request, key }: APost, signal = noDeadline()) => {
    const first = await context.connection().send(request, key, signal);
    if (!preparesPosts || first.kind !== "progressed") return first;
    for (const fault of planned) await context.fault(...fault);
    planned = [];
    return context.connection().send(request, key, signal, first.progress);
  };
  return {
    aPost,
    /** Sends the post. Where it is prepared by a request of its own, the next one publishes it. */
    send,
    /** Fails the request that makes the next post public. */
    fault: async (...fault: Parameters<ContractContext["fault"]>): Promise<void> => {
      if (preparesPosts) planned.push(fault);
      else await context.fault(...fault);
    },
    /** Sends the post, in as many requests as it needs: it has to succeed. */
    sent: async ({ request, key }: APost): Promise<Remote> => {
      let progress: StoredRequest | undefined;
      for (let requests = 0; requests < 5; requests += 1) {
        const outcome = await context.connection().send(request, key, noDeadline(), progress);
        if (outcome.kind === "posted") return outcome.remote;
        if (outcome.kind !== "progressed") throw new Error(`the post was not sent: ${JSON.stringify(outcome)}`);
        progress = outcome.progress;
      }
      throw new Error("the post needs too many requests");
    },
    copiesOf: async ({ url }: Pick<APost, "url">) =>
      (await context.posts()).filter(({ request }) => JSON.stringify(request).includes(url)),
  };
};

export type Sender = ReturnType<typeof makeSender>;
