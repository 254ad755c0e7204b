import type { Findings } from "../domain/findings.ts";
import { isRecord } from "../domain/json-value.ts";
import { type Category, type Image, maxPictures, withAddress } from "../domain/post.ts";
import { astroFolder, makePerson, type Person, type Site } from "../domain/site.ts";
import { cleanLine, hasVisibleText } from "../domain/text.ts";
import { renderLine } from "../markdown/markdown.ts";
import { escapeHtml, sanitiseLine, textOfHtml } from "../markdown/sanitise.ts";
import { mediaUrl, webUrl } from "../markdown/urls.ts";
import { asFlatList, asLine, type Field, type Fields, isLocation, optionalText } from "./front-matter.ts";
import { plainText, withinBounds } from "./plain-text.ts";

const emailAddress = /^[^\s@<>]+@[^\s@<>.]+(?:\.[^\s@<>.]+)+$/;

const email = (text: string | undefined): string | undefined =>
  text !== undefined && emailAddress.test(text) ? text : undefined;

/** Reads `Jane`, `Jane <jane@example.org>` and `[Jane](https://example.org)`. */
const peopleInText = (text: string, base: string): readonly Person[] => {
  const mail = /^(.*\S)\s*<([^<>]+)>$/.exec(text);
  const link = /^\[([^\]]+)\]\(([^()\s]+)\)$/.exec(text);
  if (mail?.[1] !== undefined) return [makePerson(mail[1], undefined, email(mail[2]))];
  if (link?.[1] !== undefined && link[2] !== undefined) return [makePerson(link[1], webUrl(link[2], base), undefined)];
  // Two or more full names are several people; `King, Jr.` is one person.
  const names = text.split(/(?<!\s)\s*,\s*(?:and\s+)?|(?<!\s)\s+(?:and|&)\s+/).filter((name) => name !== "");
  return names.length > 1 && names.every((name) => name.includes(" "))
    ? names.map((name) => ({ name }))
    : [{ name: text }];
};

export const readAuthors = (fields: Fields, base: string, found: Findings): readonly Person[] => {
  const [first] = fields("author");
  if (first === undefined) return [];
  found.readFrom("author", first.key);
  const people = asFlatList(first.value).flatMap((one): readonly Person[] => {
    if (!isRecord(one)) return peopleInText(asLine(one) ?? "", base);
    const name = asLine(one.name) ?? asLine(one.title);
    const url = asLine(one.url) ?? asLine(one.link);
    return name === undefined
      ? []
      : [makePerson(name, url === undefined ? undefined : webUrl(url, base), email(asLine(one.email)))];
  });
  return [
    ...new Map(
      people.filter(({ name }) => hasVisibleText(name)).map((person) => [person.name.toLowerCase(), person]),
    ).values(),
  ];
};

const maxCategories = 50;
/** A warning names this many of the categories that are left out. */
const maxNamed = 5;

/** A category as it is written: with the marks of Markdown, HTML and character references. */
interface WrittenCategory extends Category {
  readonly key: string;
}

const categoriesIn = ({ key, value }: Field): readonly WrittenCategory[] =>
  asFlatList(value).flatMap((one) => {
    if (isRecord(one)) {
      const name = asLine(one.name) ?? asLine(one.label) ?? asLine(one.title) ?? asLine(one.slug);
      return name === undefined ? [] : [{ key, name, type: asLine(one.type)?.toLowerCase() }];
    }
    const text = asLine(one);
    // `tags: a, b` is a list that is written as one string. The elements of a list may contain commas.
    const parts = Array.isArray(value) ? [text ?? ""] : (text ?? "").split(",");
    return parts.map((part) => ({ key, name: cleanLine(part) }));
  });

/** WordPress gives this name to the category of a post that has none. */
const isNone = (name: string): boolean => /^uncategori[sz]ed$/i.test(name);

/** Names that differ only in case are one category. Ghost writes internal tags with `#`. */
const distinct = <Named extends Category>(all: readonly Named[], found: Findings): readonly Named[] => {
  const known = new Map<string, Named>();
  for (const category of all) {
    const { name } = category;
    if (!hasVisibleText(name) || isNone(name)) continue;
    if (name.startsWith("#")) {
      found.warn(
        "tag-internal",
        "tags",
        `The tag "${name.slice(0, 60)}" is internal (it starts with #) and was left out.`,
      );
      continue;
    }
    const key = name.normalize("NFKC").toLowerCase();
    const before = known.get(key);
    if (before === undefined || before.type === undefined)
      known.set(key, { ...category, name: before?.name ?? category.name });
  }
  return [...known.values()];
};

/** The primary category is first, then all others. */
export const readCategories = (fields: Fields, found: Findings): readonly Category[] => {
  const given = fields("category", "categories");
  const used = given.some((field) => categoriesIn(field).length > 0) ? given : fields("keywords");
  if (used.length > 0) found.readFrom("categories", ...used.map(({ key }) => key));
  const written = distinct(used.flatMap(categoriesIn), found);
  const others = written.slice(maxCategories).map(({ name }) => `"${name.slice(0, 60)}"`);
  if (others.length > 0)
    found.warn(
      "categories-cut",
      used.at(-1)?.key,
      `It has ${written.length} categories and tags. The first ${maxCategories} are used, and ${others.length} are left out: ${others.slice(0, maxNamed).join(", ")}${others.length > maxNamed ? ", …" : ""}.`,
    );
  // Only those that are used are read as Markdown, which takes time.
  const plain = written
    .slice(0, maxCategories)
    .map(({ key, name, ...type }) => ({ ...type, name: plainText(name, key, found) }));
  return distinct(plain, found);
};

interface GivenImage {
  readonly url: string | undefined;
  readonly alt: string | undefined;
  readonly credit: Field | undefined;
}

const maxCredit = 1_000;

const givenImage = (key: string, value: unknown): GivenImage => {
  if (!isRecord(value)) return { url: [asLine(value) ?? ""].find(isLocation), alt: undefined, credit: undefined };
  const [url] = ["url", "src", "path", "image", "feature", "href"].flatMap((name) => asLine(value[name]) ?? []);
  const [credit] = ["credit", "caption"].flatMap((name) =>
    value[name] === undefined ? [] : [{ key: `${key}.${name}`, value: value[name] }],
  );
  return { url, alt: asLine(value.alt), credit };
};

/** Returns text, `{ name, url }`, or a list of them, as Markdown. */
const creditText = (value: unknown): string =>
  asFlatList(value)
    .flatMap((one) => {
      if (!isRecord(one)) return asLine(one) ?? [];
      const name = asLine(one.name) ?? asLine(one.title) ?? asLine(one.text);
      const url = asLine(one.url) ?? asLine(one.link) ?? asLine(one.href);
      return name === undefined || url === undefined ? (name ?? []) : `[${name}](${url})`;
    })
    .join(", ");

/** A credit is Markdown. Feeds show it with its links; elsewhere it is plain text. */
const readCredit = ({ key, value }: Field, base: string, found: Findings): Pick<Image, "credit" | "creditHtml"> => {
  const markdown = creditText(value);
  if (markdown === "" || markdown.length > maxCredit) {
    const what = `a text of at most ${maxCredit.toLocaleString("en")} characters, or a name with a URL`;
    found.warn("credit-dropped", key, `\`${key}\` is not ${what}: it was left out.`);
    return {};
  }
  const creditHtml = withinBounds(() => sanitiseLine(renderLine(markdown), base), key, found);
  const credit = cleanLine(textOfHtml(creditHtml));
  return credit === "" ? {} : { creditHtml, credit };
};

/** Where a reference to a picture is written. */
export interface PictureBase {
  /** The address of the page. */
  readonly url: string;
  /** The path of the document. Undefined for an entry of a feed. */
  readonly path?: string;
  readonly site: Pick<Site, "url" | "sources">;
}

/** A file of `src/assets/`, however its path begins. */
const sourcePath = /^(?:(?:\.{0,2}\/)*src\/|[~@]\/(?:src\/)?|@(?=assets\/))(assets\/[^?#\\]+)$/;

const isRelative = (text: string): boolean => !/^[a-z][\w+.-]*:|^\/|[?#\\]/i.test(text);

/**
 * Returns the address that identifies a picture that the generator builds: its path in the site's folder. Undefined for
 * any other.
 */
const sourceUrl = (text: string, base: PictureBase): string | undefined => {
  const written = text.trim();
  const [, named] = sourcePath.exec(written) ?? [];
  const astro = isRelative(written) && base.path !== undefined ? astroFolder(base.site) : undefined;
  const folder = astro && `/${astro}/${base.path}`;
  const [reference, from] = named === undefined ? [written, folder] : [named, "/src/"];
  const { pathname = "" } = (from && URL.parse(reference, `https://site.invalid${encodeURI(from)}`)) || {};
  return pathname.startsWith("/src/") ? webUrl(pathname.slice(1), base.site.url) : undefined;
};

/** The pictures of one key of the front matter. */
const imagesOf = (
  { key, value }: Field,
  base: PictureBase,
  found: Findings,
): readonly (GivenImage & { url: string; isSource?: true })[] =>
  asFlatList(value).flatMap((one) => {
    const given = givenImage(key, one);
    const built = given.url === undefined ? undefined : sourceUrl(given.url, base);
    if (built !== undefined) {
      found.warn(
        "image-built",
        key,
        `\`${key}\` is a file that the site builds, at an address that Crier does not know: feeds and networks that load pictures do not have it.`,
      );
      return [{ ...given, url: built, isSource: true as const }];
    }
    const url = given.url === undefined ? undefined : mediaUrl(given.url, base.url);
    if (url !== undefined) return [{ ...given, url }];
    if (given.url !== undefined)
      found.warn(
        "image-dropped",
        key,
        `\`${key}\` is not a URL that a reader can load: "${given.url.slice(0, 60)}" was left out.`,
      );
    else if (typeof one !== "boolean")
      found.warn(
        "image-dropped",
        key,
        `\`${key}\` is not a URL, and has no \`url\`, \`src\` or \`path\`: it was left out.`,
      );
    return [];
  });

const isPictureFile = (value: unknown): boolean => {
  const { url } = givenImage("", value);
  return url !== undefined && /\.(?:avif|gif|jpe?g|png|webp)(?:[?#]|$)/i.test(url);
};

const isList = ({ value }: Field): boolean => asFlatList(value).length > 1;

/**
 * The fields that name pictures. Of `image`, whose keys often name one picture in several sizes, the first is read, and
 * the first list.
 */
const imageFields = (fields: Fields): readonly (readonly Field[])[] => [
  fields("image"),
  fields("image").filter(isList).slice(0, 1),
  ...fields("photo").map((field) => [field]),
  ...fields("attachments").map(({ key, value }) => [{ key, value: asFlatList(value).filter(isPictureFile) }]),
];

/** Returns the pictures that the front matter names. The first is the picture of the post. */
export const readImages = (fields: Fields, base: PictureBase, found: Findings): readonly Image[] => {
  const images: Image[] = [];
  for (const candidates of imageFields(fields)) {
    for (const field of candidates) {
      const given = imagesOf(field, base, found);
      if (given.length === 0) continue;
      if (images.length === 0) found.readFrom("image", field.key);
      for (const one of given.slice(0, maxPictures)) {
        if (images.some(({ url }) => url === one.url)) continue;
        images.push(makeImage(one, images.length === 0, fields, base, found));
      }
      break;
    }
  }
  return images;
};

/** The keys of an alternative text and of a credit are those of the first picture. */
const makeImage = (
  { url, isSource, alt: own, credit: ownCredit }: GivenImage & { url: string; isSource?: true },
  isFirst: boolean,
  fields: Fields,
  { url: base }: PictureBase,
  found: Findings,
): Image => {
  const writtenAlt = (isFirst ? optionalText(fields("imageAlt"), found) : undefined) ?? own;
  const alt = writtenAlt === undefined ? "" : plainText(writtenAlt, "imageAlt", found);
  const credit = (isFirst ? fields("imageCredit")[0] : undefined) ?? ownCredit;
  return {
    url,
    ...(isSource && { isSource }),
    ...(alt === "" ? {} : { alt }),
    ...(credit === undefined ? {} : readCredit(credit, base, found)),
  };
};

/** Returns the body of a note with the pictures that only its front matter names. */
export const withPictures = (html: string, images: readonly Image[]): string => {
  const missing = withAddress(images).filter(({ url }) => !html.includes(`"${escapeHtml(url)}"`));
  const shown = missing.map(({ url, alt = "" }) => `<p><img src="${escapeHtml(url)}" alt="${escapeHtml(alt)}"></p>`);
  return [...(html === "" ? [] : [html]), ...shown].join("\n");
};

const wordsPerMinute = 220;
/** Chinese, Japanese and Korean are read at about 500 characters a minute. */
const wordsPerCharacter = 0.44;

const countMinutes = (text: string): number => {
  const characters = text.match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu)?.length ?? 0;
  const words =
    text
      .replaceAll(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu, " ")
      .match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}'’-]*/gu)?.length ?? 0;
  return Math.max(1, Math.ceil((words + characters * wordsPerCharacter) / wordsPerMinute));
};

/** Returns minutes: those that the document gives (`5`, `"5 min read"`), or else counted ones. */
export const readMinutes = (fields: Fields, html: string, found: Findings): number => {
  const minutes = fields("readingTime").map(({ key, value }) => {
    const given = /^\s*(\d{1,4})(?:\.\d+)?(?!\d)/.exec(String(value))?.[1];
    if (given === undefined)
      found.warn("value-unknown", key, `\`${key}\` is not a number of minutes: the words were counted.`);
    return Number(given ?? 0);
  });
  const minutesGiven = minutes.find((one) => one > 0) ?? 0;
  return minutesGiven > 0 ? minutesGiven : countMinutes(textOfHtml(html));
};
