import type { Site } from "../domain/site.ts";
import type { AskPage, Poll, Probe, ReadPage, TellHub } from "../ports/outside.ts";
import type { FetchPicture } from "../ports/pictures.ts";
import type { Deadline } from "../ports/runtime.ts";
import { askPageWith, pollWith } from "./feed-requests.ts";
import { guardedClient } from "./guarded-client.ts";
import { readPageWith } from "./page-requests.ts";
import { fetchPictureWith } from "./picture-requests.ts";
import { probeWith } from "./probe.ts";
import { isPublic } from "./public-address.ts";
import { tellHubWith } from "./websub.ts";

export interface OwnAddresses {
  readonly hubs?: readonly string[];
  readonly feeds?: readonly string[];
  /** Where the pages of posts are. */
  readonly sites?: readonly string[];
}

/** `feed`: the one of the command line. */
export const ownAddresses = (
  sites: readonly Pick<Site, "hubs" | "sources" | "url">[],
  feed?: string,
): OwnAddresses => ({
  hubs: sites.flatMap(({ hubs }) => hubs),
  feeds: [
    ...sites.flatMap(({ sources }) => sources.flatMap(({ kind, place }) => (kind === "feed" ? [place] : []))),
    ...(feed === undefined ? [] : [feed]),
  ],
  sites: sites.map(({ url }) => url),
});

export interface Outside {
  readonly probe: Probe;
  readonly tellHub: TellHub;
  readonly poll: Poll;
  readonly askPage: AskPage;
  readonly readPage: ReadPage;
  readonly fetchPicture: FetchPicture;
}

export interface OutsideOptions {
  /** A URL for the User-Agent, where operators of other servers see who sends the requests. */
  readonly about: string;
  /** What the owner has written into the configuration or the command line, which may be a server of their own. */
  readonly own?: OwnAddresses;
  readonly deadline: Deadline;
}

/** All requests to URLs that documents and the configuration name, other than those of the networks' APIs. */
export const connectOutside = ({ about, own = {}, deadline }: OutsideOptions): Outside => {
  const client = (urls: readonly string[] = []) => guardedClient({ about, allow: isPublic, own: urls });
  const reader = client(own.feeds);
  const pages = client([...(own.sites ?? []), ...(own.feeds ?? [])]);
  return {
    probe: probeWith(client(own.sites), deadline),
    tellHub: tellHubWith(client(own.hubs), deadline),
    poll: pollWith(reader, deadline),
    askPage: askPageWith(reader, deadline),
    readPage: readPageWith(pages, deadline),
    fetchPicture: fetchPictureWith(pages, deadline),
  };
};
