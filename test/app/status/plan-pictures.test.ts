import { expect, test } from "vitest";
import { planPictures } from "../../../src/app/status/plan.ts";
import { claimPicture, markFailed, markPrepared, type PictureRecord } from "../../../src/domain/picture.ts";
import { type PostContent, withAddress } from "../../../src/domain/post.ts";
import { getNetwork } from "../../../src/networks/connect-networks.ts";
import { aContent } from "../../support/builders.ts";
import { aConfiguredAccount } from "../../support/configured-account.ts";
import { aSnippet } from "../../support/snippets.ts";
import { aDocument, aWorld } from "../../support/world.ts";

test("plan warns of a picture without alternative text", async () => {
  const { app } = await aWorld();
  const codesOf = async (fields: object) => {
    const planned = await app.plan(new TextEncoder().encode(aDocument({ slug: "s", ...fields })), "s.md", undefined);
    return "warnings" in planned ? planned.warnings.map(({ code }) => code) : planned;
  };
  expect(await codesOf({ image: "/a.png" })).toContain("no-alt");
  expect(await codesOf({ image: "/a.png", imageAlt: "A hand press" })).not.toContain("no-alt");
  expect(await codesOf({})).not.toContain("no-alt");
});

const image = { url: "https://blog.example.com/a.png", alt: "A hand press" };

/** Returns the plan of an account on a network for the picture of a post. */
const plannedOn = async (
  name: string,
  settings = {},
  record?: PictureRecord,
  content: Partial<Pick<PostContent, "image" | "social">> = { image },
) => {
  const account = aConfiguredAccount({ name, network: name, settings });
  const network = getNetwork(name);
  const planned = aContent({ image: undefined, ...content });
  const compose: Parameters<typeof planPictures>[3] = (pictures, images, social = planned.social) => {
    const given = aContent({ image: images[0], social });
    return network.compose(aSnippet({ pictures, images: withAddress(images), content: given }), account);
  };
  const [first] = await planPictures(planned, account, network, compose, { pictures: { find: async () => record } });
  return first;
};

test("plan says of each account whether it sends the picture, how large at most, and with which text", async () => {
  const cap = { maxBytes: 1_000_000, maxSide: 2000 };
  expect(await plannedOn("bluesky")).toMatchObject({ sent: "file", cap, alt: "A hand press", prepared: undefined });
  expect(await plannedOn("mastodon", { image: true })).toMatchObject({ sent: "file", cap: { maxSide: 2048 } });
  expect(await plannedOn("discord")).toMatchObject({ sent: "address", url: image.url });
  expect(await plannedOn("x")).toMatchObject({ sent: "none", reason: expect.stringContaining("of the page") });
  expect(await plannedOn("bluesky", {}, undefined, {})).toBeUndefined();
});

test("plan says what is wrong with the file of a picture in the site's folder", async () => {
  const account = aConfiguredAccount({ name: "bluesky", network: "bluesky" });
  const network = getNetwork("bluesky");
  const content = aContent({ image });
  const compose: Parameters<typeof planPictures>[3] = (pictures, images) =>
    network.compose(aSnippet({ pictures, images }), account);
  const owner = { site: "blog", source: "folder", path: "a.md", url: content.url };
  const pictures = { find: async () => undefined, problemOfFile: async () => "its file a.png is a link" };
  expect(await planPictures(content, account, network, compose, { pictures, owner })).toMatchObject([
    { sent: "file", reason: "its file a.png is a link" },
  ]);
});

test("plan says that a network that loads pictures gets none that the site builds", async () => {
  const built = { ...image, isSource: true } as const;
  const [planned, uploaded] = await Promise.all(
    ["discord", "bluesky"].map((name) => plannedOn(name, {}, undefined, { image: built })),
  );
  expect(planned).toMatchObject({
    sent: "none",
    reason: "its file is built by the site, and its address is not known",
  });
  expect(uploaded).toMatchObject({ sent: "file" });
});

test.each(["discord", "slack"])("plan says that %s gets no picture of what the author hides", async (name) => {
  const social = { off: false, useSummary: true, texts: {} };
  const reasonOf = async (marks: Partial<PostContent["social"]>) =>
    (await plannedOn(name, {}, undefined, { image, social: { ...social, ...marks } }))?.reason;
  expect(await reasonOf({ contentWarning: "Spoilers" })).toBe("the post has a content warning");
  expect(await reasonOf({ sensitive: true })).toBe("the post is marked as sensitive");
  expect(await reasonOf({})).toBeUndefined();
});

test.each([
  ["x", { image: true }],
  ["bluesky", {}],
  ["devto", {}],
])("plan says that %s gets no picture of a post with a content warning", async (name, settings) => {
  const social = { off: false, useSummary: true, texts: {} };
  const warned = { image, social: { ...social, contentWarning: "Spoilers" } };
  expect(await plannedOn(name, settings, undefined, warned)).toMatchObject({
    sent: "none",
    reason: "the post has a content warning",
  });
  expect((await plannedOn(name, settings, undefined, { image, social }))?.sent).not.toBe("none");
});

test("plan says what is known of the picture: its size where it is prepared, else what went wrong so far", async () => {
  const cap = { maxBytes: 1_000_000, maxSide: 2000 };
  const claimed = claimPicture(image.url, [cap], undefined, 0);
  if (claimed === undefined) throw new Error("the picture was not claimed");
  const picture = { hash: "ab", mediaType: "image/jpeg", size: 3, width: 20, height: 10 } as const;
  const { hash: _, ...prepared } = picture;
  expect(await plannedOn("bluesky", {}, markPrepared(claimed, [{ cap, picture }], 0))).toMatchObject({ prepared });
  const failed = markFailed(claimed, { problem: "blog.example.com answered 404", isFinal: false }, 0);
  expect(await plannedOn("bluesky", {}, failed)).toMatchObject({ reason: "blog.example.com answered 404" });
});

test("plan says where the alternative text is sent with the picture: a card of Bluesky or Discord has no place for it", async () => {
  const sends = async (name: string, settings = {}) => (await plannedOn(name, settings))?.sendsAlt;
  const attached = { image: true };
  expect([await sends("mastodon", attached), await sends("x", attached), await sends("slack")]).toEqual([
    true,
    true,
    true,
  ]);
  expect([await sends("bluesky"), await sends("discord"), await sends("devto")]).toEqual([false, false, false]);
  // Its title says the same.
  expect((await plannedOn("bluesky", {}, undefined, { image: { ...image, alt: aSnippet().title } }))?.sendsAlt).toBe(
    false,
  );
  const alt = "A hand press in a cellar, ".repeat(100);
  const content = { image: { ...image, alt } };
  expect((await plannedOn("mastodon", attached, undefined, content))?.sendsAlt).toBe(true);
});
