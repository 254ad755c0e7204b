import * as z from "zod";
import type { Outcome, Remote, StoredRequest } from "../domain/delivery.ts";
import type { LinkedText } from "../domain/note-text.ts";
import { linksToPage, type Snippet } from "../domain/snippet.ts";
import { minute } from "../domain/time.ts";
import type { Composed, Connection, CopySearch, FoundPost } from "../ports/networks.ts";
import { defineNetwork, type ParsedLogin, secureAddress } from "./define.ts";
import {
  answerReason,
  bodyIn,
  commonOutcome,
  type FetchResult,
  type JsonResponse,
  notRead,
  readIdentity,
  readRetryAt,
  toOutcome,
} from "./http.ts";
import { composeHtml, composeNote, isEqualText, plainText, textSettings } from "./network-text.ts";

/** A longer note is cut in the timeline of Micro.blog. */
const limit = 300;

const codePoints = (text: string): number => [...text].length;

const settings = z.strictObject({
  endpoint: secureAddress.default("https://micro.blog/micropub"),
  /** The site, where a login has several: its `uid` in the answer to `q=config`. */
  destination: secureAddress.optional(),
  categories: z.int().min(0).max(20).default(4),
  ...textSettings,
});

type Settings = z.output<typeof settings>;

/** A site with a Micropub endpoint (W3C), such as Micro.blog. */
export const micropub = defineNetwork({
  name: "micropub",
  // The specification has no key: a second request makes a second post. What is there can be read on most servers.
  offers: "read",
  searchesFirst: true,
  contentWarning: "text",
  settle: minute,
  settings,
  credentials: z.object({ accessToken: z.string().min(1) }),
  server: ({ settings: own }) => new URL(own.endpoint).origin,
  length: codePoints,
  compose: (post, own) => composeNote(post, { emphasis: true }, (given, note) => composeEntry(given, own, note)),
  // It is the slug of the copy, where the server takes one: a repeated request has the same address there.
  key: (seed, copy) => seed.slice(0, slugLength) + (copy === 1 ? "" : `-${copy}`),
  connect: (login) => connectMicropub(login),
});

const slugLength = 16;

/** The request is JSON: Indiekit reads `%` and `+` in the fields of a form twice, and fails at "100%". */
const composeEntry = (given: Snippet, own: Settings, note: LinkedText | undefined): Composed => {
  const { social, categories } = given.content;
  const rules = { limit, maxTags: 0, measure: codePoints };
  const { fitted, html } = composeHtml({ ...given, tags: [] }, own, rules, note);
  const isHidden = social.sensitive || social.contentWarning !== undefined;
  const photo =
    given.isGallery && !isHidden ? given.images.map(({ url, alt }) => ({ value: url, alt: alt ?? "" })) : [];
  const category = categories.slice(0, own.categories).map(({ name }) => name);
  return {
    ...fitted,
    ...(photo.length > 0 && { pictures: photo.length }),
    request: {
      ...(fitted.text !== "" && { content: [{ html: `<p>${html}</p>` }] }),
      ...(category.length > 0 && { category }),
      ...(photo.length > 0 && { photo }),
    },
  };
};

const properties = z.looseObject({
  content: z.array(z.unknown()).default([]),
  url: z.array(z.string()).default([]),
  published: z.array(z.string()).default([]),
});
const source = z.object({ properties });
const list = z.object({ items: z.array(z.unknown()), paging: z.object({ after: z.string().optional() }).optional() });
const config = z.looseObject({ destination: z.array(z.object({ uid: z.string() })).optional() });
const problem = z.object({ error: z.string().optional(), error_description: z.string().optional() });
const content = z.union([z.string(), z.object({ html: z.string() }), z.object({ value: z.string() })]);

type Entry = z.output<typeof properties>;

interface Credentials {
  readonly accessToken: string;
}

const connectMicropub = ({
  settings: { endpoint: real, destination },
  credentials,
  sandbox,
  fetchJson,
}: ParsedLogin<Settings, Credentials>): Connection => {
  const endpoint = sandbox === undefined ? real : `${sandbox}/micropub`;
  const headers = { authorization: `Bearer ${credentials.accessToken}` };
  const place = destination === undefined ? {} : { "mp-destination": destination };
  const read: Read = (query, signal) => {
    const url = new URL(endpoint);
    for (const [name, value] of Object.entries({ ...query, ...place })) url.searchParams.set(name, value);
    return fetchJson(url.href, { method: "GET", headers, signal });
  };
  const write = (json: StoredRequest, signal: AbortSignal): Promise<FetchResult> =>
    fetchJson(endpoint, { method: "POST", headers, signal, json: { ...json, ...place } });

  /** Changes a copy at its address, or at the one to which an edit that got no answer has moved it. */
  const change = async (
    { id }: Remote,
    signal: AbortSignal,
    apply: (url: string) => Promise<Outcome>,
  ): Promise<Outcome> => {
    const url = webAddress(id, endpoint);
    const outcome: Outcome =
      url === undefined ? { kind: "rejected", reason: "The post's address is not known" } : await apply(url);
    const slug = slugInText.exec(id ?? "")?.[0];
    if (slug === undefined || (url !== undefined && outcome.kind !== "missing")) return outcome;
    const entries = await readEntries(read, 0, signal);
    if (entries === undefined) return { kind: "unavailable", reason: "Micropub did not say where the post is" };
    const found = entries === "unreadable" ? undefined : entries.find((one) => isLive(one) && hasSlug(one, slug));
    const now = webAddress(found?.url[0], endpoint);
    if (now === undefined || now === url) return outcome;
    const again = await apply(now);
    return again.kind === "done" ? { remote: remoteAt(now, slug), ...again } : again;
  };

  return {
    whoAmI: async (signal) => {
      const result = await read({ q: "config" }, signal);
      const known = result.kind === "response" ? bodyIn(result.response, config, result.response.status === 200) : {};
      const sites = known?.destination?.map(({ uid }) => uid) ?? [];
      if (destination !== undefined && sites.length > 0 && !sites.includes(destination))
        return {
          kind: "unauthorised",
          reason: `this login has no site ${destination}: "destination" is one of ${sites.join(", ")}`,
        };
      const site = destination ?? sites[0] ?? real;
      return readIdentity(
        result,
        () => known && { id: [...new Set([real, site])].join(", "), handle: URL.parse(site)?.host ?? site },
        outcomeOfError,
        "Micropub",
      );
    },
    send: async (request, slug, signal) => {
      const json = { type: ["h-entry"], properties: { ...request, "mp-slug": [slug] } };
      return toOutcome(await write(json, signal), (response) =>
        // Without an address the server has accepted it, too: it is made later, or the answer lost its header.
        response.status === 201 || response.status === 202
          ? { kind: "posted", remote: remoteAt(webAddress(response.headers.get("location"), endpoint), slug) }
          : outcomeOfError(response),
      );
    },
    edit: (remote, request, signal) =>
      change(remote, signal, async (url) => {
        // A server may take the edit of a post that is deleted, and put it onto the site again.
        const there = await read({ q: "source", url }, signal);
        if (there.kind !== "response") return notRead(there);
        const entry = bodyIn(there.response, source, there.response.status === 200)?.properties;
        if (isMissing(there.response) || (entry !== undefined && !isLive(entry))) return gone;
        const removed = ["content", "category", "photo"].filter((name) => request[name] === undefined);
        const edit = { action: "update", url, replace: request, ...(removed.length > 0 && { delete: removed }) };
        return toOutcome(await write(edit, signal), (response) => {
          const outcome = changed(response);
          const location = webAddress(response.headers.get("location"), endpoint);
          const isMoved = outcome.kind === "done" && location !== undefined && location !== url;
          return isMoved ? { kind: "done", remote: remoteAt(location, "") } : outcome;
        });
      }),
    remove: async (remote, signal) => {
      const outcome = await change(remote, signal, async (url) =>
        toOutcome(await write({ action: "delete", url }, signal), changed),
      );
      return outcome.kind === "missing" ? { kind: "done" } : outcome;
    },
    find: async (sought, signal) => {
      const entries = await readEntries(read, sought.since, signal);
      if (entries === undefined || entries === "unreadable") return entries;
      return entries.flatMap((entry) => copyIn(entry, sought, endpoint)).toReversed();
    },
  };
};

type Read = (query: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<FetchResult>;

/** A server names an address in a header or a list, which may be a relative one. */
const webAddress = (address: string | null | undefined, base: string): string | undefined => {
  const url = address == null || slugAlone.test(address) ? null : URL.parse(address, base);
  const isWeb = url?.protocol === "https:" || url?.protocol === "http:";
  return isWeb && url.href.length <= maxAddress ? url.href : undefined;
};

const maxAddress = 2000;

/** Without an address the id of a copy is its slug. */
const remoteAt = (address: string | undefined, slug: string): Remote => ({
  id: address ?? slug,
  url: address ?? null,
  public: true,
});

const slugInText = new RegExp(`[0-9a-f]{${slugLength}}(?:-\\d+)?`);
const slugAlone = new RegExp(`^${slugInText.source}$`);

/** A server that takes a slug lists it, or has it in the address. */
const hasSlug = (entry: Entry, slug: string): boolean =>
  [entry["mp-slug"], entry.slug].flat().includes(slug) || slugInText.exec(entry.url[0] ?? "")?.[0] === slug;

const isLive = (entry: Entry): boolean =>
  entry.deleted === undefined && ![entry["post-status"]].flat().includes("deleted");

const gone: Outcome = { kind: "missing", reason: "the site has no such post: it was deleted" };

const isMissing = ({ status }: JsonResponse): boolean => status === 404 || status === 410;

const changed = (response: JsonResponse): Outcome => {
  if (isMissing(response)) return gone;
  // The specification asks for no body. A page is that of a proxy or a login.
  const isPage = response.headers.get("content-type")?.includes("html") === true;
  return response.status < 300 && !isPage ? { kind: "done" } : outcomeOfError(response);
};

const pageSize = 100;
const maxPages = 20;

/** Reads the newest posts of the site, back to a moment. A server need not list them ("Query for Post List"). */
const readEntries = async (
  read: Read,
  since: number,
  signal: AbortSignal,
): Promise<readonly Entry[] | "unreadable" | undefined> => {
  const found: Entry[] = [];
  let after: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const result = await read({ q: "source", limit: String(pageSize), ...(after !== undefined && { after }) }, signal);
    if (result.kind !== "response") return undefined;
    const { status } = result.response;
    if ([400, 403, 404, 405, 501].includes(status)) return "unreadable";
    const listed = bodyIn(result.response, list, status === 200);
    if (listed === undefined) return undefined;
    const entries = listed.items.flatMap((item) => source.safeParse(item).data?.properties ?? []);
    found.push(...entries);
    after = listed.paging?.after;
    const isOver = entries.some((entry) => madeAt(entry) < since);
    if (isOver || (after === undefined && listed.items.length < pageSize)) return found;
    if (after === undefined) return "unreadable";
  }
  return "unreadable";
};

const madeAt = ({ published: [date = ""] }: Entry): number => Date.parse(date);

const htmlIn = (given: unknown): string => {
  const known = content.safeParse(given).data ?? "";
  if (typeof known === "string") return known;
  return "html" in known ? known.html : known.value;
};

/** A copy has the delivery's slug. A server that takes none has a post with its text, or at least its link. */
const copyIn = (entry: Entry, { request, key, url, since }: CopySearch, base: string): readonly FoundPost[] => {
  const address = webAddress(entry.url[0], base);
  if (address === undefined || !isLive(entry)) return [];
  const [said, sent] = [htmlIn(entry.content[0]), htmlIn([request.content].flat()[0])];
  const text = plainText(sent, (href) => href);
  const isEqual = sent !== "" && (said === sent || isEqualText(said, text));
  const isOwn = hasSlug(entry, key);
  const at = madeAt(entry);
  const isRelated = isEqual || linksToPage({ text: plainText(said, (href) => ` ${href} `) }, url);
  if (!isOwn && (at < since || !isRelated)) return [];
  const found = { ...request, content: [{ html: said }] };
  return [
    {
      remote: remoteAt(address, key),
      madeAt: Number.isNaN(at) ? since : at,
      isSame: isOwn || isEqual,
      ...(isOwn && !isEqual && { request: found }),
    },
  ];
};

const outcomeOfError = (response: JsonResponse): Outcome => {
  const { error, error_description: said } = problem.safeParse(response.body).data ?? {};
  const { status } = response;
  const reason = answerReason("Micropub", status, [error, said].filter((part) => part !== undefined).join(": "));
  // Indiekit has no such kind of post.
  if (status === 501) return { kind: "rejected", reason };
  const common = commonOutcome(response, reason, readRetryAt(response));
  if (common !== undefined) return common;
  // 404 and 405: there is no endpoint at the address.
  const isRefused = [401, 403, 404, 405].includes(status) || error === "insufficient_scope";
  return isRefused ? { kind: "unauthorised", reason } : { kind: "rejected", reason };
};
