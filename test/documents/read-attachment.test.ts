import { describe, expect, it } from "vitest";
import { aDocument, contentOf, parse } from "./sample-documents.ts";

const file = (lines: string, body?: string) => contentOf(aDocument(lines, body)).attachment;
const episode = (lines: string) => contentOf(aDocument(`audio: /1.mp3\n${lines}`)).episode;
const found = (lines: string, body?: string) => {
  const parsed = parse(aDocument(lines, body));
  return parsed.kind === "post" ? parsed.warnings.map(({ code, field }) => `${field}: ${code}`) : [parsed.kind];
};

const unknown = { mediaType: undefined, length: undefined };

describe("the file of a document", () => {
  it.each([
    "audio: https://media.example/1.mp3",
    "video: https://media.example/1.mp3",
    "enclosure: https://media.example/1.mp3",
    "podcast_file: https://media.example/1.mp3",
    "mp3: https://media.example/1.mp3",
    "file: https://media.example/1.mp3",
    "episode: { filename: https://media.example/1.mp3 }",
    "episode: { url: https://media.example/1.mp3 }",
    "enclosure: { url: https://media.example/1.mp3 }",
    "enclosure: [{ url: https://media.example/1.mp3 }]",
    "audio: true\nfile: https://media.example/1.mp3",
  ])("is read from %j", (lines) => {
    expect(file(lines)).toEqual({ url: "https://media.example/1.mp3", ...unknown });
    expect(found(lines)).toEqual([]);
  });

  it.each([
    ["enclosure: { url: /1.mp3, length: 12345, type: Audio/MPEG }", 12_345, "audio/mpeg"],
    ["enclosure: { url: /1.mp3, size: '12345' }", 12_345, undefined],
    ["enclosure: { url: /1.mp3, bytes: 12345 }", 12_345, undefined],
    ["podcast_file: /1.mp3\npodcast_bytes: 12345", 12_345, undefined],
    ["episode: { filename: /1.mp3, size: 12345 }", 12_345, undefined],
  ])("has the type and length that the document names: %s", (lines, length, mediaType) => {
    expect(file(lines)).toEqual({ url: "https://blog.example.org/1.mp3", length, mediaType });
    expect(found(lines)).toEqual([]);
  });

  it("is relative to the post", () => {
    expect(file("audio: 1.mp3")?.url).toBe("https://blog.example.org/blog/a-post/1.mp3");
  });

  it.each(["video: dQw4w9WgXcQ", "audio: false", "file: yes", "enclosure: {}", "mp3: ''"])(
    "is not an option of a theme: %s",
    (lines) => {
      expect(file(lines)).toBeUndefined();
      expect(found(lines)).toEqual([]);
    },
  );

  it.each([
    "http://127.0.0.1/1.mp3",
    "http://localhost:4000/1.mp3",
    "http://0x7f.1/1.mp3",
    "http://10.1.2.3/1.mp3",
    "http://172.20.0.1/1.mp3",
    "http://192.168.0.9/1.mp3",
    "http://169.254.169.254/1.mp3",
    "http://[::1]/1.mp3",
    "http://nas/1.mp3",
    "http://nas.local/1.mp3",
    "ftp://media.example/1.mp3",
    "javascript:alert(1.0)",
  ])("is left out where no reader can load it: %s", (url) => {
    expect(file(`audio: "${url}"`)).toBeUndefined();
    expect(found(`audio: "${url}"`)).toEqual(["audio: enclosure-dropped"]);
  });

  it("may be on the host of the site, wherever that is", () => {
    const text = aDocument("canonical_url: http://localhost:8080/a/\naudio: /1.mp3");
    expect(contentOf(text).attachment?.url).toBe("http://localhost:8080/1.mp3");
  });

  it.each([
    ["enclosure: { url: /1.mp3, length: 12 MB }", "enclosure.length: value-unknown"],
    ["enclosure: { url: /1.mp3, size: 0 }", "enclosure.size: value-unknown"],
    ["enclosure: { url: /1.mp3, type: audio }", "enclosure.type: value-unknown"],
    ["audio: /1.mp3\npodcast_bytes: many", "podcast_bytes: value-unknown"],
  ])("has no type or length that cannot be read: %s", (lines, warning) => {
    expect(file(lines)).toEqual({ url: "https://blog.example.org/1.mp3", ...unknown });
    expect(found(lines)).toEqual([warning]);
  });
});

describe("the only player of the body", () => {
  it.each([
    '<audio controls src="/1.mp3"></audio>',
    "<audio controls SRC='/1.mp3'></audio>",
    "Words\n\n<video width=320 src=/1.mp3 poster=a.png></video>\n\nmore",
    '<audio controls>\n<source src="/1.mp3">\n<source src="/1.ogg" type="audio/ogg">\n</audio>',
  ])("is the file of the post: %j", (body) => {
    expect(file("", body)).toEqual({ url: "https://blog.example.org/1.mp3", ...unknown });
  });

  it("names its type", () => {
    const body = '<audio><source src="/1?a=1&amp;b=2" type="audio/ogg; codecs=opus"></audio>';
    expect(file("", body)).toEqual({
      url: "https://blog.example.org/1?a=1&b=2",
      mediaType: "audio/ogg",
      length: undefined,
    });
  });

  it("does not count where the front matter names a file", () => {
    expect(file("mp3: /2.mp3", '<audio src="/1.mp3"></audio>')?.url).toBe("https://blog.example.org/2.mp3");
  });

  it.each([
    '<audio src="/1.mp3"></audio>\n\n<audio src="/2.mp3"></audio>',
    "<audio controls></audio>",
    '<video src="blob:https://blog.example.org/1"></video>',
    '`<audio src="/1.mp3"></audio>`',
    '```html\n<audio src="/1.mp3"></audio>\n```',
  ])("is none of %j", (body) => {
    expect(file("", body)).toBeUndefined();
  });
});

describe("an episode", () => {
  it.each([
    ["3778.482", 3778],
    ["'01:03:04'", 3784],
    ["01:03:04", 3784],
    ["63:04", 3784],
    ["PT1H3M4S", 3784],
    ["PT63M", 3780],
    ["45", 45],
  ])("has the duration %s in seconds", (duration, seconds) => {
    expect(episode(`duration: ${duration}`)?.duration).toBe(seconds);
  });

  it.each([
    ["episode: 7\nseason: '02'", { number: 7, season: 2 }],
    ["episode_number: 7", { number: 7 }],
    ["episode: { episodeNumber: 7, seasonNumber: 2, duration: 60 }", { number: 7, season: 2, duration: 60 }],
    ["episodeType: Trailer\nexplicit: no", { type: "trailer", explicit: false }],
    ["itunes_episode_type: bonus\nexplicit: clean", { type: "bonus", explicit: false }],
    ["explicit: true", { explicit: true }],
  ])("has what the document says: %s", (lines, expected) => {
    expect(episode(lines)).toMatchObject(expected);
    expect(found(`audio: /1.mp3\n${lines}`)).toEqual([]);
  });

  it.each([
    ["duration: soon", "duration: value-unknown"],
    ["duration: '-5'", "duration: value-unknown"],
    ["duration: 1:2:3:4", "duration: value-unknown"],
    ["episode: one", "episode: value-unknown"],
    ["season: 0", "season: value-unknown"],
    ["explicit: maybe", "explicit: value-unknown"],
    ["episodeType: live", "episodeType: value-unknown"],
  ])("has nothing that is not understood: %s", (lines, warning) => {
    expect(episode(lines)).toBeUndefined();
    expect(found(`audio: /1.mp3\n${lines}`)).toEqual([warning]);
  });

  it("is known by its own guid", () => {
    expect(contentOf(aDocument("episode_guid: ep-1\naudio: /1.mp3")).guid).toBe("ep-1");
  });

  it.each(["transcript: /1.vtt", "transcripts: [{ url: /1.vtt }]", "chapters: /1.json", "episode: { rating: 5 }"])(
    "names a key of podcasts that is not read: %s",
    (lines) => {
      expect(found(`audio: /1.mp3\n${lines}`)).toEqual([expect.stringMatching(/: podcast-key-unread$/)]);
      expect(found(lines)).toEqual([]);
    },
  );

  it.each(["podcast_chapters: /1.json", "itunes_image: x", "podcast: { medium: music }"])(
    "names a key that says it is of a podcast, also without a recording: %s",
    (lines) => {
      expect(found(lines)).toEqual([expect.stringMatching(/: podcast-key-unread$/)]);
    },
  );

  it("is not read without a recording: a recipe has a duration, too", () => {
    expect(contentOf(aDocument("duration: soon\nseason: summer\nepisode: pilot")).episode).toBeUndefined();
    expect(found("duration: soon\nseason: summer\nepisode: pilot")).toEqual([]);
  });
});

it("is not that of a player in a comment, which is left out where there is another one", () => {
  const old = '<!-- <audio src="/old.mp3"></audio> -->';
  expect(file("", `Text. ${old}`)).toBeUndefined();
  expect(file("", `${old}\n\n<audio src="/new.mp3"></audio>`)?.url).toBe("https://blog.example.org/new.mp3");
});
