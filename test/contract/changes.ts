import { expect, test } from "vitest";
import type { DefinedNetwork } from "../../src/networks/define.ts";
import { aContent } from "../support/builders.ts";
import { nthKey } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { aSnippet } from "../support/snippets.ts";
import type { ContractContext } from "./context.ts";
import type { Sender } from "./sender.ts";

/** Rules for editing, removing and finding a copy. Not every network lets its users do so. */
export const changesContract = (
  network: DefinedNetwork,
  { rule, fault, connect, connection, closed, account, idAfterEdit, now }: ContractContext,
  { aPost, sent, copiesOf }: Sender,
): void => {
  const unnamed = { id: null, url: null, public: true };
  const corrected = ({ url }: ReturnType<typeof aPost>, text = "Corrected.") => {
    // A network that is sent the whole article has the text in its body.
    const content = aContent({ html: `<p>${text}</p>` });
    return network.compose(aSnippet({ url, text, content }), account()).request;
  };

  rule("a removed post is deleted, and removing it again is done, too", ["remove"], async () => {
    const post = aPost();
    const remote = await sent(post);
    expect(await copiesOf(post)).toHaveLength(1);
    expect(await connection().remove?.(remote, noDeadline())).toEqual({ kind: "done" });
    expect(await connection().remove?.(remote, noDeadline())).toEqual({ kind: "done" });
    expect(await copiesOf(post)).toEqual([]);
  });

  rule("a removal without an answer is unanswered", ["remove", "reset-after"], async () => {
    const remote = await sent(aPost());
    await fault("reset-after");
    expect(await connection().remove?.(remote, noDeadline())).toMatchObject({ kind: "unanswered" });
    expect(await connection().remove?.(remote, noDeadline())).toEqual({ kind: "done" });
  });

  rule("a copy whose id is not known cannot be removed", ["remove"], async () => {
    expect(await connection().remove?.(unnamed, noDeadline())).toMatchObject({ kind: "rejected" });
  });

  rule("a copy whose id is not known cannot be edited", ["edit"], async () => {
    expect(await connection().edit?.(unnamed, {}, noDeadline())).toMatchObject({ kind: "rejected" });
  });

  rule("an edited post is the same post with the new text", ["edit"], async () => {
    const post = aPost();
    const remote = await sent(post);
    expect(await connection().edit?.(remote, corrected(post), noDeadline())).toEqual({ kind: "done" });
    expect(await copiesOf(post)).toMatchObject([
      { id: idAfterEdit(remote), text: expect.stringContaining("Corrected.") },
    ]);
  });

  rule("a text that is changed back, and once more, is the last one", ["edit"], async () => {
    // A key of a request that depends on the text alone would be the same in the third edit, and a network drops it.
    const post = aPost();
    const remote = await sent(post);
    for (const text of ["Corrected.", "As before.", "Corrected."])
      expect(await connection().edit?.(remote, corrected(post, text), noDeadline())).toEqual({ kind: "done" });
    expect(await copiesOf(post)).toMatchObject([
      { id: idAfterEdit(remote), text: expect.stringContaining("Corrected.") },
    ]);
  });

  rule("an edit that meets a 429 changes nothing", ["edit", "429"], async () => {
    const post = aPost();
    const remote = await sent(post);
    await fault("429");
    expect(await connection().edit?.(remote, corrected(post), noDeadline())).toMatchObject({ kind: "unavailable" });
    expect((await copiesOf(post)).filter(({ text }) => text.includes("Corrected."))).toEqual([]);
  });

  rule("an edit does not bring back a copy that a person has deleted", ["edit", "remove"], async () => {
    const post = aPost();
    const remote = await sent(post);
    await connect().remove?.(remote, noDeadline());
    expect(await connection().edit?.(remote, post.request, noDeadline())).toMatchObject({ kind: "missing" });
    expect(await copiesOf(post)).toEqual([]);
  });

  test("a network says truthfully that no login of it can delete a copy", () => {
    expect(network.keepsCopies === true).toBe(connection().remove === undefined);
  });

  test("a network says truthfully that no login of it can edit a text", () => {
    expect(network.keepsTexts === true || connection().edit !== undefined).toBe(true);
  });

  test("a network that offers to read its timeline can do so", () => {
    expect(network.offers !== "read" || connection().find !== undefined).toBe(true);
  });

  rule("a look finds the copy of a request however long it waited, and no others", ["find"], async () => {
    const sought = { ...aPost(), since: now() - 1000 };
    expect(await connection().find?.(sought, noDeadline())).toEqual([]);
    const remote = await sent(sought);
    expect(await connection().find?.(sought, noDeadline())).toMatchObject([{ remote, isSame: true }]);
    const url = "https://blog.example.com/";
    const other = { ...aPost({ url }), url, since: sought.since, key: nthKey(network, 0) };
    expect(await connection().find?.(other, noDeadline())).toEqual([]);
    expect(await connect({ at: closed() }).find?.(sought, noDeadline())).toBeUndefined();
  });
};
