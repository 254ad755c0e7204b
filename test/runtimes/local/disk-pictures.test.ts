import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { halves, makePng } from "../../pictures/files.ts";
import { type AMachine, aDocument, aFolderWith, config, eventually, startIn } from "../../support/machine.ts";

let machine: AMachine;
beforeAll(async () => {
  const accounts = [...config.accounts, { name: "discord", network: "discord" }];
  const folder = await aFolderWith(accounts.map((one) => (one.name === "mastodon" ? { ...one, image: true } : one)));
  for (const part of ["static", "src/assets"]) await mkdir(join(folder, part), { recursive: true });
  await writeFile(join(folder, "hugo.toml"), "");
  await writeFile(join(folder, "static/press.jpg"), await halves(60, 30).jpeg().toBuffer());
  await writeFile(join(folder, "static/words.png"), "no picture");
  await writeFile(join(folder, "src/assets/built.png"), makePng(40, 20));
  await symlink("/etc/hostname", join(folder, "static/outside.png"));
  machine = await startIn(folder);
  await writeFile(join(machine.content, "beside.png"), makePng(30, 30));
});
afterAll(() => machine.stop());

const posts = z.array(
  z.looseObject({
    account: z.string(),
    text: z.string(),
    card: z.looseObject({ title: z.string(), picture: z.string().optional() }).nullable(),
    pictures: z.array(z.object({ path: z.string(), alt: z.string() })),
  }),
);
const publish = async (title: string, image: string) => {
  await machine.write(`${title.toLowerCase()}.md`, aDocument(title, `image: "${image}"\nimageAlt: A press\n`));
  const copies = async () => {
    const all = posts.parse(await (await machine.get("/sandbox/posts.json")).json());
    return all.filter(({ text, card }) => text.includes(title) || card?.title === title);
  };
  await eventually(async () => (await copies()).length).toBe(4);
  // The answers are recorded, too.
  await machine.idle();
  return Object.fromEntries((await copies()).map((copy) => [copy.account, copy]));
};
const feed = z.object({ items: z.array(z.looseObject({ title: z.string(), image: z.string().optional() })) });
const entryOf = async (title: string) => {
  const { items } = feed.parse(await (await machine.get("/feed.json")).json());
  return items.find((item) => item.title === title);
};
const notesOf = async (title: string) => {
  const status = await machine.app.status(title.toLowerCase());
  return status?.deliveries.flatMap(({ reason }) => reason ?? []);
};

test.each([
  ["Hugo", "/press.jpg", "image/jpeg", "https://blog.example.com/press.jpg"],
  ["Bundle", "beside.png", "image/png", "https://blog.example.com/bundle/beside.png"],
])(
  "%s: a picture on the disk is in the card and is uploaded, and feeds have the page's address",
  async (title, image, type, url) => {
    const { bluesky, mastodon, discord } = await publish(title, image);
    expect(bluesky?.card?.picture).toMatch(/^\/sandbox\//);
    expect(mastodon?.pictures).toMatchObject([{ path: expect.stringMatching(/^\/sandbox\//), alt: "A press" }]);
    expect(await notesOf(title)).toEqual([]);
    expect(await entryOf(title)).toMatchObject({ image: url, attachments: [{ url, mime_type: type }] });
    // A network that loads the picture gets its address, and the page of the sandbox shows what is on the disk.
    expect(discord?.card?.picture).toBe(url);
    const page = await (await machine.get("/sandbox")).text();
    expect(page).not.toContain(`src="${url}"`);
    for (const [, path = ""] of page.matchAll(/<img[^>]* src="(\/pictures\/[^"]*)"/g)) {
      const shown = await machine.get(path);
      expect(shown.headers.get("content-type")).toMatch(/^image\/(?:jpeg|png)$/);
      expect(shown.headers.get("x-content-type-options")).toBe("nosniff");
      expect(shown.headers.get("content-security-policy")).toContain("default-src 'none'");
    }
    expect(page).toMatch(/<img[^>]* src="\/pictures\//);
  },
);

test("a picture that the site builds is in the card and is uploaded, and no feed has a dead address", async () => {
  const { bluesky, mastodon, discord } = await publish("Astro", "~/assets/built.png");
  expect(bluesky?.card?.picture).toMatch(/^\/sandbox\//);
  expect(mastodon?.pictures).toHaveLength(1);
  expect(await notesOf("Astro")).toEqual([]);
  expect(discord?.card).not.toHaveProperty("picture");
  expect(await (await machine.get("/feed.json")).text()).not.toContain("built.png");
  expect(await (await machine.get("/feed.xml")).text()).not.toContain("built.png");
});

test.each([
  ["Words", "/words.png", "its file static/words.png is not a JPEG, PNG, WebP, GIF or AVIF"],
  ["Outside", "/outside.png", "its file static/outside.png is a link out of the site's folder"],
])("%s: a post goes out without what is no picture of its site, and says why", async (title, image, reason) => {
  const { bluesky } = await publish(title, image);
  expect(bluesky?.card).not.toHaveProperty("picture");
  expect(await notesOf(title)).toEqual(expect.arrayContaining([expect.stringContaining(reason)]));
});

test("the documents of Astro name files by their paths, and no feed has an address that is not there", async () => {
  const folder = await aFolderWith(config.accounts);
  for (const part of ["src/content/blog", "src/assets"]) await mkdir(join(folder, part), { recursive: true });
  await writeFile(join(folder, "astro.config.mjs"), "");
  await writeFile(join(folder, "src/assets/far.png"), makePng(40, 20));
  await writeFile(join(folder, "src/content/blog/near.png"), makePng(20, 20));
  const astro = await startIn(folder, { content: join(folder, "src/content/blog") });
  onTestFinished(() => astro.stop());
  const pictures = { far: "../../assets/far.png", near: "./near.png" };
  for (const [name, image] of Object.entries(pictures))
    await writeFile(join(folder, "src/content/blog", `${name}.md`), aDocument(name, `heroImage: ${image}\n`));
  const cards = async () => {
    const all = posts.parse(await (await astro.get("/sandbox/posts.json")).json());
    return all.flatMap(({ account, card }) => (account === "bluesky" ? (card?.picture ?? []) : []));
  };
  await eventually(async () => (await cards()).length).toBe(2);
  const text = await (await astro.get("/feed.json")).text();
  expect(text).toMatch(/far.*near|near.*far/s);
  expect(text).not.toContain(".png");
});

test("the example posts have their own pictures", async () => {
  const content = join(import.meta.dirname, "../../../examples/posts");
  const examples = await startIn(await aFolderWith(config.accounts), { content });
  onTestFinished(() => examples.stop());
  await examples.idle();
  const shown = posts.parse(await (await examples.get("/sandbox/posts.json")).json());
  const cards = shown.filter(({ account }) => account === "bluesky").map(({ card }) => card?.picture);
  expect(cards.length).toBeGreaterThan(0);
  for (const picture of cards) expect(picture).toMatch(/^\/sandbox\//);
  expect(await (await examples.get("/sandbox")).text()).not.toContain("without its picture");
});
