import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AMachine, clear } from "../support/machine.ts";
import { installPrograms } from "./programs.ts";
import { aQuietMachine } from "./quiet-machine.ts";
import { output } from "./run-program.ts";

const documents = {
  "episode.md": `---
title: The looms
date: 2026-03-01T08:00:00Z
audio: { url: "https://media.example/looms.mp3", length: 1234, type: audio/mpeg }
duration: "01:03:04"
season: 2
episode: 7
---
We talk about looms.
`,
  "link.md": `---
title: How looms counted
date: 2026-03-01T07:00:00Z
external_url: https://looms.example/history
---
A history.
`,
};

/** Prints what feedparser makes of each entry. */
const script = `
import feedparser, json, sys
entries = feedparser.parse(sys.argv[1]).entries
print(json.dumps([{
  "title": e.title, "link": e.link, "id": e.id,
  "files": [[f.get("href"), f.get("type"), f.get("length")] for f in e.enclosures],
  "episode": [e.get("itunes_duration"), e.get("itunes_season"), e.get("itunes_episode")],
  "related": [l.href for l in e.links if l.rel == "related"],
} for e in entries]))
`;

const url = (slug: string): string => `https://blog.example.com/${slug}/`;
const none = [null, null, null];

// Without apt-get the reader cannot be installed, and the reason is printed.
describe.skipIf(!installPrograms(["python3-feedparser"]))("feedparser reads", () => {
  let machine: AMachine;
  beforeAll(async () => {
    machine = await aQuietMachine(documents);
    await machine.idle();
  });
  afterAll(async () => {
    if (machine !== undefined) await clear(machine);
  });

  const entriesOf = async (file: string): Promise<unknown> =>
    JSON.parse(await output("/usr/bin/python3", ["-c", script, new URL(file, machine.url).href]));

  test("the recording and the episode of a post in RSS", async () => {
    expect(await entriesOf("feed.xml")).toMatchObject([
      {
        title: "The looms",
        files: [["https://media.example/looms.mp3", "audio/mpeg", "1234"]],
        episode: ["3784", "2", "7"],
      },
      { title: "How looms counted", link: url("link"), files: [], episode: none },
    ]);
  });

  test("the recording in Atom, and the page that a link post is about", async () => {
    expect(await entriesOf("atom.xml")).toMatchObject([
      { files: [["https://media.example/looms.mp3", "audio/mpeg", "1234"]], related: [] },
      { link: url("link"), files: [], related: ["https://looms.example/history"] },
    ]);
  });
});
