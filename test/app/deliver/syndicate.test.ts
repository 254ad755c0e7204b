import { expect, onTestFinished, test } from "vitest";
import { syndicate } from "../../../src/app/deliver/advance-delivery.ts";
import type { Delivery } from "../../../src/domain/delivery.ts";
import { aPost, deliveryIn, start } from "../../support/builders.ts";
import { aStore } from "../../support/store.ts";

const url = "https://network.example/article";
const remote = { id: "7", url, public: true };
const deleted: Delivery<"deleted"> = {
  ...deliveryIn.deleted,
  generation: 1,
  remotes: [{ ...remote, gone: true }],
};
const posted: Delivery<"posted"> = { ...deliveryIn.posted, generation: 2, remotes: [{ ...remote, gone: false }] };

const syndicationAfter = async (...deliveries: readonly Delivery<"posted" | "deleted">[]) => {
  const { store, stop } = await aStore();
  onTestFinished(stop);
  const post = aPost({ syndication: [url] });
  await store.posts.save(post);
  for (const delivery of deliveries) await store.deliveries.create({ ...delivery, post: post.id });
  for (const delivery of deliveries) await syndicate({ ...delivery, post: post.id }, { ...store, clock: () => start });
  const saved = await store.posts.read("blog", post.id);
  return { urls: saved?.syndication, version: saved?.version };
};

test("the address of a copy that is gone is removed from its post", async () => {
  expect((await syndicationAfter(deleted)).urls).toEqual([]);
});

test("the address of a copy that is gone stays where another publication has it: neither takes it from the other for ever", async () => {
  // The post is not even saved: each save has it published again.
  expect(await syndicationAfter(deleted, posted)).toEqual({ urls: [url], version: 1 });
});

test("the address that a copy had before it was moved is replaced by the one that it has", async () => {
  const at = (...remotes: Delivery<"posted">["remotes"]) => ({ ...posted, remotes });
  const moved = { id: "8", url: "https://network.example/moved", public: true, gone: false, former: url };
  expect((await syndicationAfter(at(moved))).urls).toEqual([moved.url]);
  expect((await syndicationAfter(at({ ...moved, gone: true }))).urls).toEqual([]);
  // The network did not say where it is now.
  expect((await syndicationAfter(at({ ...moved, url: null }))).urls).toEqual([]);
  // It was moved back.
  expect((await syndicationAfter(at({ ...moved, url, former: moved.url }))).urls).toEqual([url]);
});
