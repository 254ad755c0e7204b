import type { Findings } from "../domain/findings.ts";
import type { TranslationGroup } from "../domain/post.ts";
import { readPath } from "./document-path.ts";
import { chooseText, type Fields, textsOf } from "./fields.ts";

const maxKey = 500;

/** `posts/hello.md`, `de/posts/hello.md` and `posts/hello.ja.md` have one key, and so have documents with one `translationKey`. */
export const translationGroupOf = (fields: Fields, path: string, found: Findings): TranslationGroup => {
  const { folders, file } = readPath(path);
  const own = [...folders, file].join("/").normalize("NFC");
  const given = chooseText("translationKey", textsOf(fields("translationKey")), found);
  if (given === undefined) return { key: own, path: own };
  if (given.text.length <= maxKey) return { key: given.text.normalize("NFC"), path: own };
  found.warn(
    "translation-key-too-long",
    given.key,
    `\`${given.key}\` is longer than ${maxKey} characters; it was left out.`,
  );
  return { key: own, path: own };
};
