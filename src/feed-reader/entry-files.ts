import type { PolledFile } from "../domain/polled-feed.ts";
import { childrenOf, textIn, urlIn, type XmlElement } from "./xml-tree.ts";

const byteCount = (text: string | undefined): number | undefined =>
  text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;

const mediaTypeOf = (text: string | undefined): string | undefined => {
  const [type] = text?.toLowerCase().split(";") ?? [];
  return type !== undefined && /^[a-z]+\/[\w.+-]+$/.test(type.trim()) ? type.trim() : undefined;
};

export const fileOf = (
  url: string | undefined,
  mediaType: string | undefined,
  length: string | undefined,
  alt?: string,
): readonly PolledFile[] =>
  url === undefined ? [] : [{ url, mediaType: mediaTypeOf(mediaType), length: byteCount(length), alt }];

const isPicture = ({ url, mediaType }: PolledFile): boolean =>
  mediaType === undefined
    ? /\.(?:avif|gif|jpe?g|png|svg|webp)$/i.test(new URL(url).pathname)
    : mediaType.startsWith("image/");

/** Of files that an entry has attached, the pictures and the others. */
export const sortFiles = (
  files: readonly PolledFile[],
): { readonly pictures: readonly PolledFile[]; readonly others: readonly PolledFile[] } => ({
  pictures: files.filter(isPicture),
  others: files.filter((file) => !isPicture(file)),
});

/** The pictures of Media RSS and iTunes: the whole ones before their thumbnails. */
export const mediaPictures = (entry: XmlElement): readonly PolledFile[] => {
  const groups = [entry, ...childrenOf(entry, "media:group")];
  const contents = groups.flatMap((group) => childrenOf(group, "media:content"));
  const full = contents
    .filter(({ attributes }) => attributes.get("medium") === "image" || attributes.get("type")?.startsWith("image/"))
    .flatMap((content) =>
      fileOf(
        urlIn(content.attributes.get("url"), content.base),
        content.attributes.get("type"),
        content.attributes.get("filesize"),
        textIn(content, "media:description"),
      ),
    );
  const thumbnails = [...groups, ...contents]
    .flatMap((group) => childrenOf(group, "media:thumbnail"))
    .flatMap(({ attributes, base }) => fileOf(urlIn(attributes.get("url"), base), undefined, undefined));
  const itunes = childrenOf(entry, "itunes:image").flatMap(({ attributes, base }) =>
    fileOf(urlIn(attributes.get("href"), base), undefined, undefined),
  );
  return [...full, ...thumbnails, ...itunes];
};
