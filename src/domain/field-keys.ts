/**
 * Every field that a document can set, with the keys under which it is read. The first key with a value wins, except in
 * fields that combine the values of all their keys. A key with a dot is inside another one. Case, `_` and `-` do not
 * matter.
 */
export const fieldKeys = {
  title: ["title", "linkTitle", "metaTitle", "ogTitle"],
  published: ["date", "published", "publishedAt", "publishDate", "pubDate", "created", "createdAt"],
  updated: ["updated", "lastmod", "lastModifiedAt", "updatedDate", "updatedAt", "modified"],
  summary: [
    "metaDescription",
    "description",
    "summary",
    "customExcerpt",
    "excerpt",
    "preview",
    "spoiler",
    "teaser",
    "lead",
    "deck",
    "abstract",
    "subtitle",
    "seo.description",
    "meta.description",
  ],
  /** The primary category. */
  category: ["category"],
  /** The values of all keys are combined. */
  categories: ["categories", "tags", "tag", "topics", "topic"],
  /** Read only if a document has no category. */
  keywords: ["keywords"],
  image: [
    "image",
    "cover",
    "coverImage",
    "heroImage",
    "hero",
    "featureImage",
    "featuredImage",
    "ogImage",
    "socialImage",
    "banner",
    "thumbnail",
    "images",
    "header.image",
    "header.overlayImage",
    "header.teaser",
    "seo.image",
    "meta.image",
  ],
  /** Pictures besides `image`, as the IndieWeb names them. */
  photo: ["photo", "photos"],
  /** Files, of which the pictures are read. */
  attachments: ["attachments"],
  imageAlt: ["imageAlt", "featureImageAlt", "coverAlt", "heroAlt", "heroImageAlt", "header.imageAlt"],
  imageCredit: ["imageCredit", "featureImageCaption", "caption", "header.caption"],
  /** A recording, video or other file: its address, or an object that has also its type and length. */
  attachment: ["audio", "video", "enclosure", "podcastFile", "mp3", "episode.url", "episode.filename", "file"],
  /** In bytes. */
  attachmentLength: ["podcastBytes", "episode.size"],
  /** This key and those below are read only beside a file. */
  duration: ["duration", "podcastDuration", "itunesDuration", "episode.duration"],
  episode: ["episode", "episodeNumber", "itunesEpisode", "episode.episodeNumber", "episode.number"],
  season: ["season", "seasonNumber", "itunesSeason", "episode.seasonNumber", "episode.season"],
  episodeType: ["episodeType", "itunesEpisodeType", "episode.episodeType", "episode.type"],
  explicit: ["explicit", "itunesExplicit", "episode.explicit"],
  slug: ["slug"],
  /** A path, or the URL of the page. */
  permalink: ["permalink", "path", "url"],
  canonical: ["canonicalUrl", "canonical"],
  /** The page elsewhere that the post is about. */
  external: ["externalUrl", "linkUrl", "link", "bookmarkOf"],
  author: ["author", "authors", "byline", "creator"],
  language: ["lang", "language", "locale"],
  /** The same in every translation of a document. */
  translationKey: ["translationKey", "i18nKey", "langRef"],
  guid: ["guid", "uid", "id", "atomId", "episodeGuid"],
  social: ["social"],
  socialShare: ["socialShare"],
  snippet: ["snippet", "tweet", "syndicate"],
  syndicate: ["syndicate"],
  contentWarning: ["contentWarning", "cw"],
  sensitive: ["sensitive", "nsfw"],
  disclosure: ["generatedBy"],
  featured: ["featured"],
  trending: ["trending"],
  readingTime: ["readingTime", "readTime"],
  draft: ["draft", "isDraft"],
  /** True keeps the document out of lists. */
  hidden: ["unlisted", "hidden", "private", "isPrivate", "noPublish"],
  /** False keeps the document out of lists. */
  shown: ["published", "publish", "isPublished", "listed"],
  visibility: ["visibility"],
  status: ["status", "postStatus"],
  /** This key and those below distinguish a page of the site from a post. */
  type: ["type"],
  layout: ["layout"],
  /** Like `type` and `layout`, it may say whether the document is a note. */
  kind: ["postType", "kind", "format"],
  /** The document responds to something without words: unless it has a text of its own, it is a page. */
  response: ["likeOf", "repostOf", "bookmarkOf", "rsvp", "checkin", "readOf", "watchOf", "listenOf", "drinkOf"],
  /** The page that the document answers. */
  reply: ["inReplyTo", "replyTo"],
  template: ["template"],
  redirect: ["redirect", "redirectTo"],
  excluded: ["eleventyExcludeFromCollections"],
  sitemap: ["sitemap"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type FieldName = keyof typeof fieldKeys;

export const isFieldName = (name: string): name is FieldName => Object.hasOwn(fieldKeys, name);
