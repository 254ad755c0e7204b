import type { Snippet } from "../../src/domain/snippet.ts";
import type { DefinedNetwork } from "../../src/networks/define.ts";
import { nthKey } from "../support/configured-account.ts";
import { aSnippet } from "../support/snippets.ts";
import { type ContractContext, soon } from "./context.ts";

/** What the rules of single posts share. */
export const senderOf = (network: DefinedNetwork, context: ContractContext) => {
  const aPost = (snippet: Partial<Snippet> = {}) => {
    const url = `https://blog.example.com/post-${context.count()}/`;
    const { request, text, isCut, limit } = network.compose(aSnippet({ url, ...snippet }), context.account());
    return { url, key: nthKey(network, context.count()), request, text, isCut, limit };
  };
  type APost = Pick<ReturnType<typeof aPost>, "url" | "key" | "request">;

  const send = ({ request, key }: APost, signal = soon()) => context.connection().send(request, key, signal);
  return {
    aPost,
    send,
    /** Sends the post, which has to succeed. */
    sent: async (post: APost) => {
      const outcome = await send(post);
      if (outcome.kind !== "posted") throw new Error(`the post was not sent: ${JSON.stringify(outcome)}`);
      return outcome.remote;
    },
    copiesOf: async ({ url }: Pick<APost, "url">) =>
      (await context.posts()).filter(({ request }) => JSON.stringify(request).includes(url)),
  };
};

export type Sender = ReturnType<typeof senderOf>;
