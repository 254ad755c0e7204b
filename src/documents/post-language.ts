import { languageFeed } from "../domain/feed-key.ts";
import type { Findings } from "../domain/findings.ts";
import type { Site } from "../domain/site.ts";
import { isSameLanguage, languageAmong } from "../domain/text.ts";
import { type Fields, textsOf } from "./fields.ts";

const canonical = (tag: string): string | undefined => Intl.getCanonicalLocales(tag.replaceAll("_", "-"))[0];

const writtenLanguage = (fields: Fields, found: Findings): string | undefined => {
  const [given] = textsOf(fields("language"));
  try {
    if (given === undefined) return undefined;
    found.readFrom("language", given.key);
    return canonical(given.text);
  } catch {
    return found.warn(
      "language-unknown",
      given?.key,
      `\`${given?.key}: ${given?.text.slice(0, 40)}\` is not a language tag (BCP 47); it was left out.`,
    );
  }
};

/** Of the front matter, else of the path, else of the site. */
export const languageOf = (fields: Fields, pathLanguage: string | undefined, site: Site, found: Findings): string => {
  const ofPath = pathLanguage === undefined ? undefined : canonical(pathLanguage);
  const written = writtenLanguage(fields, found);
  const language = written ?? ofPath ?? site.language;
  if (written === undefined) found.readFrom("language", ofPath === undefined ? "the site" : "the file's path");
  if (site.feeds.main === "site-language" && !site.languages.some((known) => isSameLanguage(known, language)))
    found.warn(
      "language-not-configured",
      "language",
      `It is in "${language}", and the site in "${site.language}": it is in the feed ${languageFeed(languageAmong([], language))}, not in the main one. If that is right, name "${language}" in the site's \`languages\`.`,
    );
  return language;
};
