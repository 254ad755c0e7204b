import { feedGrace, isLive } from "../../../src/domain/feed.ts";
import type { Post } from "../../../src/domain/post.ts";
import { receiptFolder } from "../../../src/domain/receipt.ts";
import { encode } from "../../../src/objects/encodings.ts";
import type { Acts } from "../acts.ts";
import { nameIn } from "../document-acts.ts";
import type { SimulatedSite } from "../world.ts";

/** Each file of a feed is whole: it is the same in each encoding. The receipt of a post that cannot be read stays as it is. */
const checkObjects = ({ objects, violate, site }: SimulatedSite, posts: readonly Post[]): void => {
  const unreadable = posts.filter(({ damage }) => damage !== undefined).flatMap(({ addresses }) => addresses);
  const left = new Set(unreadable.map((address) => `${site.folder}${receiptFolder}${address}.json`));
  const plain = new Set([...objects.objects.keys()].map((key) => key.replace(/\.(?:br|gz)$/, "")));
  for (const key of plain) {
    if (left.has(key)) continue;
    const stored = objects.read(key);
    const text = new TextDecoder().decode(stored?.bytes);
    const isSame = ({ suffix, bytes }: { readonly suffix: string; readonly bytes: Uint8Array }): boolean =>
      Buffer.compare(bytes, objects.read(key + suffix)?.bytes ?? new Uint8Array()) === 0;
    if (stored === undefined || !encode(text).every(isSame)) violate(`FEED: the file ${key} is damaged`);
  }
};

/** The title of an article, or the first words of a note, which has none. */
const nameOfItem = ({ title, content_html }: { readonly title?: unknown; readonly content_html?: unknown }): string =>
  title === undefined ? `no title: ${nameIn(String(content_html))[0]}` : String(title);

/** Each document is one post, which says what its file says; and the feed shows the living ones (invariants 7 and 10). */
export const checkDocuments = async (world: SimulatedSite, { written }: Acts): Promise<void> => {
  const { site, truth, violate, files, scheduler, objects, renders, alarms } = world;
  // Many deletions at once wait for a person.
  const isWaiting = (path: string): boolean =>
    alarms.some(
      ({ name, message }) => name === "deletion-waits" && message.startsWith(`${path.slice(site.folder.length)} `),
    );
  const posts = (await truth.posts.newest(site.id)).rows;
  for (const one of written.values()) {
    const { slug, path, title, isNote, draft } = one;
    const hasSlug = posts.filter((post) => post.slug === slug);
    // A document that is back finds its deleted post by its address, if that row is not damaged.
    const own =
      hasSlug.length > 1 && world.damaged.length > 0 ? hasSlug.filter(({ gone }) => gone === undefined) : hasSlug;
    if (own.length > 1) violate(`LOST: ${slug} is ${own.length} posts`);
    const [post] = own;
    if (!files.has(path)) {
      if (post !== undefined && post.gone === undefined && !isWaiting(path))
        violate(`LOST: the file of ${slug} is gone, and its post is not`);
      continue;
    }
    if (post === undefined) violate(`LOST: ${slug} is no post`);
    else if (post.gone === undefined && (isNote ? !post.title.startsWith(`${title}.`) : post.title !== title))
      violate(`LOST: ${slug} has the title ${post.title}, its file ${title}`);
    else if (post.gone === undefined && (post.isNote === true) !== isNote)
      violate(`LOST: ${slug} is ${isNote ? "no " : "a "}note, and its file ${isNote ? "has no" : "has a"} title`);
    if (draft && post !== undefined && isLive(post, scheduler.now)) violate(`LOST: the draft ${slug} is public`);
  }
  // A document may be deleted before its new slug was read: its post keeps the former one, and waits for a person.
  const isKept = (path: string): boolean => !files.has(path) && isWaiting(path);
  for (const { slug, path, gone } of posts)
    if (gone === undefined && !written.has(slug) && !isKept(`${site.folder}${path}`))
      violate(`LOST: the post ${slug} has no document`);
  if (!renders) return;
  checkObjects(world, posts);
  const stored = objects.read(`${site.folder}feed.json`);
  const items: unknown = stored === undefined ? [] : JSON.parse(new TextDecoder().decode(stored.bytes)).items;
  const shown = Array.isArray(items) ? items.map(nameOfItem).toSorted() : [];
  const wanted = posts
    .filter((post) => isLive(post, scheduler.now - feedGrace))
    .map(({ title, isNote }) => (isNote === true ? `no title: ${nameIn(title)[0]}` : title))
    .toSorted();
  if (JSON.stringify(shown) !== JSON.stringify(wanted))
    violate(`FEED: it shows ${JSON.stringify(shown)}, and the table has ${JSON.stringify(wanted)}`);
};
