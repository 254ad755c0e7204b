import type { Warning } from "../../domain/findings.ts";
import type { Post, PostContent, TranslationGroup } from "../../domain/post.ts";
import type { Posts, TranslationMember, Translations } from "../../ports/store.ts";

interface TranslationPorts {
  readonly posts: Pick<Posts, "read">;
  readonly translations: Translations;
}

interface Claimed {
  readonly translation: TranslationGroup | undefined;
  readonly warnings: readonly Warning[];
}

const isSameTag = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** False once the post is deleted, or has another key or language. A post that is not saved yet is about to be. */
const isAt = (post: Post | undefined, key: string, { language }: Pick<TranslationMember, "language">): boolean =>
  post === undefined ||
  (post.gone === undefined && post.translation?.key === key && isSameTag(post.language, language));

/**
 * Claims the key in the document's language. Returns the document that holds it already, or undefined where the post
 * has it now.
 */
const claim = async (
  site: string,
  key: string,
  member: TranslationMember,
  { posts, translations }: TranslationPorts,
): Promise<TranslationMember | undefined> => {
  const holder = await translations.claim(site, key, member);
  const isOwn = holder.post === member.post;
  if (isOwn && holder.file === member.file && holder.path === member.path) return undefined;
  if (!isOwn && isAt(await posts.read(site, holder.post), key, member)) return holder;
  return (await translations.takeOver(site, key, holder.post, member)) ? undefined : holder;
};

/** A loop through more documents is found before it is this long. */
const longestLoop = 20;

/**
 * Returns the file of a document that this one names by its key, and that names this one by its own, directly or
 * through others.
 */
const findLoop = async (
  site: string,
  { key, path }: TranslationGroup,
  post: string,
  { posts, translations }: TranslationPorts,
): Promise<string | undefined> => {
  const keys = [path];
  for (const named of keys) {
    for (const member of await translations.all(site, named)) {
      const namesIt = member.post !== post && member.path !== named;
      if (!namesIt || !isAt(await posts.read(site, member.post), named, member)) continue;
      if (member.path === key) return member.file;
      if (!keys.includes(member.path) && keys.length < longestLoop) keys.push(member.path);
    }
  }
  return undefined;
};

const codes = { loop: "translation-loop", taken: "translation-taken" } as const;

/**
 * True where the key was left out. If both documents were read at once, the other one may have lost its key, too: this
 * one is read again with each listing.
 */
export const isKeyLost = ({ code }: Warning): boolean => code === codes.loop || code === codes.taken;

const warning = (code: string, message: string): Warning => ({
  code,
  field: "translationKey",
  message: `${message}. The key was left out.`,
});

/**
 * Claims a document's language among its translations, before its post is written. A `translationKey` that cannot be
 * right is left out, and the document's path is the key.
 */
export const claimTranslation = async (
  site: string,
  file: string,
  { language, translation: group }: Pick<PostContent, "language" | "translation">,
  post: string,
  ports: TranslationPorts,
): Promise<Claimed> => {
  if (group === undefined) return { translation: undefined, warnings: [] };
  const member: TranslationMember = { post, language, file, path: group.path };
  const warnings: Warning[] = [];
  if (group.key !== group.path) {
    const quoted = JSON.stringify(group.key);
    const taken = await claim(site, group.key, member, ports);
    // Read after the claim was written: of two documents that are read at the same time at least one finds the other.
    const loop = taken === undefined ? await findLoop(site, group, post, ports) : undefined;
    if (taken === undefined && loop === undefined) return { translation: group, warnings };
    warnings.push(
      taken === undefined
        ? warning(
            codes.loop,
            `${quoted} is the path of a document whose own \`translationKey\` leads back to this one (see ${loop}): keep the key in one of them`,
          )
        : warning(
            codes.taken,
            `${taken.file} is the document in "${taken.language}" with the key ${quoted} already: correct the language or the key of one of the two, and save this one again`,
          ),
    );
  }
  const own: TranslationGroup = { key: group.path, path: group.path };
  return { translation: (await claim(site, own.key, member, ports)) === undefined ? own : undefined, warnings };
};
