import type { Formats } from "../ports.ts";
import { atom } from "./atom.ts";
import type { Format } from "./format.ts";
import { gateWith } from "./gate.ts";
import { json } from "./json.ts";
import { pageFor } from "./page.ts";
import { rss } from "./rss.ts";
import { viewOf } from "./view.ts";

/** The formats that feed readers take: a new one is its file and a place here. */
const feeds: readonly Format[] = [rss, atom, json];

export const registry: readonly Format[] = [...feeds, pageFor(feeds)];

export const formats: Formats = {
  render: (feed) => {
    const view = viewOf(feed);
    return registry.map((format) => ({
      file: format.file,
      contentType: `${format.mediaType}; charset=utf-8`,
      text: format.write(view, feed),
    }));
  },
  gate: gateWith(registry),
};
