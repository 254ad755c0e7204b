import { describe, expect, it } from "vitest";
import type { Attachment, AttachmentProbe, Episode } from "../../src/domain/attachment.ts";
import type { Post } from "../../src/domain/post.ts";
import { formats } from "../../src/feeds/index.ts";
import { child, type Element, elements, parseXml, textIn } from "../../src/feeds/tree.ts";
import { aFeed, anEntry } from "./builders.ts";

const url = "https://media.example/1.mp3";

const anAttachment = (more: Partial<Attachment> = {}): Attachment => ({
  url,
  mediaType: undefined,
  length: undefined,
  ...more,
});

const aProbe = (more: Partial<AttachmentProbe> = {}): AttachmentProbe => ({
  url,
  mediaType: "audio/mpeg",
  length: 5,
  failed: false,
  tries: 1,
  next: undefined,
  ...more,
});

const anEpisode = (more: Partial<Episode> = {}): Episode => ({
  duration: undefined,
  number: undefined,
  season: undefined,
  type: undefined,
  explicit: undefined,
  ...more,
});

/** The texts of the files of a feed with one post, after they have passed the gate. */
const files = (post: Partial<Post>) => {
  const feed = aFeed({ entries: [anEntry(post)] });
  const rendered = formats.render(feed);
  expect(formats.gate(rendered, feed)).toEqual([]);
  const text = (file: string): string => rendered.find((one) => one.file === file)?.text ?? "";
  return { rss: text("feed.xml"), atom: text("atom.xml"), json: text("feed.json") };
};

const item = (rss: string): Element | undefined => child(child(parseXml(rss), "channel"), "item");

const enclosures = (post: Partial<Post>) => {
  const { rss, atom, json } = files(post);
  return {
    rss: child(item(rss), "enclosure")?.attributes,
    atom: elements(child(parseXml(atom), "entry"), "link").find(({ attributes }) => attributes.rel === "enclosure")
      ?.attributes,
    json: JSON.parse(json).items[0].attachments?.[0],
  };
};

describe("a recording", () => {
  it("is in every format, with its type and length", () => {
    expect(enclosures({ attachment: anAttachment(), probed: aProbe() })).toEqual({
      rss: { url, length: "5", type: "audio/mpeg" },
      atom: { rel: "enclosure", type: "audio/mpeg", length: "5", href: url },
      json: { url, mime_type: "audio/mpeg", size_in_bytes: 5 },
    });
  });

  it("of an unknown length has 0 in RSS, which requires one, and none elsewhere", () => {
    expect(enclosures({ attachment: anAttachment() })).toEqual({
      rss: { url, length: "0", type: "audio/mpeg" },
      atom: { rel: "enclosure", type: "audio/mpeg", href: url },
      json: { url, mime_type: "audio/mpeg" },
    });
  });

  it("is not described by the measurement of another file, or of a page", () => {
    const expected = { url, length: "0", type: "audio/mpeg" };
    const attachment = anAttachment();
    expect(enclosures({ attachment, probed: aProbe({ url: "https://media.example/2.mp3" }) }).rss).toEqual(expected);
    expect(enclosures({ attachment, probed: aProbe({ failed: true, mediaType: "text/html" }) }).rss).toEqual(expected);
  });

  it("without any type is in no format", () => {
    const attachment = anAttachment({ url: "https://media.example/1" });
    expect(enclosures({ attachment, image: undefined })).toEqual({ rss: undefined, atom: undefined, json: undefined });
  });
});

describe("an episode", () => {
  const recorded = { attachment: anAttachment(), probed: aProbe() };
  const episode = anEpisode({ duration: 3784, number: 7, season: 2, type: "bonus", explicit: false });

  it("has the elements of iTunes in RSS, and its duration in JSON Feed", () => {
    const { rss, json } = files({ ...recorded, episode });
    const names = ["duration", "episode", "season", "episodeType", "explicit"];
    expect(names.map((name) => textIn(child(item(rss), `itunes:${name}`)))).toEqual([
      "3784",
      "7",
      "2",
      "bonus",
      "false",
    ]);
    expect(JSON.parse(json).items[0].attachments[0].duration_in_seconds).toBe(3784);
  });

  it("is the only one that declares their namespace", () => {
    expect(files({ ...recorded, episode }).rss).toContain("http://www.itunes.com/dtds/podcast-1.0.dtd");
    expect(files(recorded).rss).not.toContain("itunes");
    expect(files({ episode, image: undefined }).rss).not.toContain("itunes");
    expect(files({ ...recorded, episode }).atom).not.toContain("itunes");
  });

  it("has no element for what it does not say", () => {
    const { rss } = files({ ...recorded, episode: anEpisode({ explicit: true }) });
    expect(rss.match(/<itunes:\w+/g)).toEqual(["<itunes:explicit"]);
  });
});
