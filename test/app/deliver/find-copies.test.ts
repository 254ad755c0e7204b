import { describe, expect, test } from "vitest";
import { equalRequests } from "../../../src/app/deliver/find-copies.ts";
import { type Delivery, deliveryId } from "../../../src/domain/delivery.ts";
import { countedAs } from "../../../src/domain/request-gates.ts";
import { day, minute } from "../../../src/domain/time.ts";
import { anAccount, deliveryIn, start } from "../../support/builders.ts";

const account = anAccount({ name: "one", sharesLogin: true });
const sharer = anAccount({ name: "two", sharesLogin: true });
const request = { text: "Good morning!" };

const sentBy = (name: string, post: string, identity: string | undefined, text = request): Delivery<"unsettled"> => {
  const { unsettled } = deliveryIn;
  const sent = { ...unsettled.sent, request: text, identity, url: `https://blog.example.com/${post}/` };
  return { ...unsettled, account: name, post, sent, progress: undefined };
};

/** Returns the deliveries that the network may mistake for `delivery`. The index of states has `listed` alone. */
const equalTo = async (
  delivery: Delivery<"unsettled">,
  { listed = [], sent = {} }: { listed?: readonly Delivery[]; sent?: Readonly<Record<string, number>> },
  rows: readonly Delivery[],
) => {
  const found = await equalRequests(delivery, { offers: "none", canFind: false }, {
    accounts: [account, sharer],
    clock: () => start,
    accountStates: {
      read: async (name: string) => ({
        name,
        sent: Object.fromEntries(Object.entries(sent).filter(([copy]) => copy.includes(name))),
      }),
    },
    deliveries: {
      ofPost: async () => [],
      inState: async (name: string) => ({ rows: listed.filter((one) => one.account === name) }),
      read: async (ref: Delivery) => rows.find((one) => deliveryId(one) === deliveryId(ref)),
    },
  } as unknown as Parameters<typeof equalRequests>[2]);
  return [...new Set(found.map(({ post }) => post))];
};

describe("a request without the link to its page", () => {
  const own = sentBy("one", "a", "ada");

  test("is equal to one that was sent a moment ago, which the index of states does not know yet", async () => {
    const other = sentBy("one", "b", "ada");
    expect(await equalTo(own, { sent: { [countedAs(other)]: start - minute } }, [other])).toEqual(["b"]);
    expect(await equalTo(own, { sent: { [countedAs(other)]: start - day } }, [other])).toEqual([]);
  });

  test("is not equal to itself, nor to another text", async () => {
    const other = sentBy("one", "b", "ada", { text: "Good night!" });
    expect(await equalTo(own, { listed: [own, other] }, [])).toEqual([]);
  });

  test.each([
    ["ada", ["b"]],
    [undefined, ["b"]],
    ["ben", []],
  ])("of an account that shares its login is equal where the login is the same: %s", async (identity, equal) => {
    const other = sentBy("two", "b", identity);
    expect(await equalTo(own, { listed: [other] }, [])).toEqual(equal);
  });
});
