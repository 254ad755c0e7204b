import type { Answer } from "../api/endpoints.ts";

type Plan = Answer<"plan">;

const publishedOf = ({ post }: Plan): number => (post?.published ? Date.parse(post.published) : 0);

/** Of documents that come in together, the breaker of an account holds the last ones. Taken here: the oldest come in first. */
export const heldByBreaker = (plans: ReadonlyMap<string, Plan>): ReadonlyMap<string, Plan> => {
  const sent = new Map<string, number>();
  const held = ({ account, announced, breaker }: Plan["snippets"][number]): Plan["snippets"][number]["announced"] => {
    if (announced.when !== "now" && breaker === null) return announced;
    const before = sent.get(account) ?? 0;
    sent.set(account, before + 1);
    return breaker === null || before < breaker.after ? announced : { when: "held", reason: breaker.reason, at: null };
  };
  const inOrder = [...plans].toSorted(([, one], [, other]) => publishedOf(one) - publishedOf(other));
  return new Map(
    inOrder.map(([path, plan]) => [
      path,
      { ...plan, snippets: plan.snippets.map((snippet) => ({ ...snippet, announced: held(snippet) })) },
    ]),
  );
};
