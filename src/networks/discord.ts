import * as z from "zod";
import type { Outcome } from "../domain/delivery.ts";
import type { LinkedText } from "../domain/note-text.ts";
import { maxPictures } from "../domain/post.ts";
import { shorten } from "../domain/shorten.ts";
import { cardDescription, fit, type Snippet, type Wording, withCard, withTitle } from "../domain/snippet.ts";
import { minute } from "../domain/time.ts";
import type { Composed, Connection } from "../ports/networks.ts";
import { defineNetwork, type ParsedLogin } from "./define.ts";
import {
  answerReason,
  bodyIn,
  commonOutcome,
  type JsonResponse,
  missingIf,
  readIdentity,
  readRetryAt,
  retryInSeconds,
  toOutcome,
  withId,
} from "./http.ts";
import {
  composeNote,
  type Emphasised,
  escapeMarks,
  linkedBy,
  linksIn,
  type Span,
  textSettings,
  wordingBy,
  writeSpans,
} from "./network-text.ts";

/** Limits of a message (discord.com/developers/docs, "Execute Webhook" and "Embed Limits"). */
const limit = 2000;
const maxTitle = 256;
const maxDescription = 4096;
const maxUrl = 2048;
const maxName = 100;

/** Escapes the signs of Discord's Markdown, also those at the beginning of a line. */
const plain = (text: string): string =>
  escapeMarks(text)
    .replaceAll(/[<>]/g, "\\$&")
    .replaceAll(/^[^\S\n]{0,99}(?:[#+-]|\d{1,9}\.)/gm, (start) => `${start.slice(0, -1)}\\${start.slice(-1)}`);

/** Escapes a text except its links. A link in angle brackets gets no card from Discord next to ours. */
const written = (text: string, url = ""): string => {
  const links = linksIn(text);
  const ends = [0, ...links.map(({ end }) => end)];
  return ends
    .map((from, at) => {
      const link = links[at]?.url ?? "";
      return plain(text.slice(from, links[at]?.start)) + (link !== "" && link === url ? `<${link}>` : link);
    })
    .join("");
};

const signs = { bold: "**", italic: "*", strike: "~~" } as const;

/** Code shows its signs as they are. It is between more backticks than it has in a row, and lines are a block. */
const code = (text: string): string => {
  const runs = [...text.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = "`".repeat(Math.max(text.includes("\n") ? 3 : 1, ...runs.map((length) => length + 1)));
  if (text.includes("\n")) return `${fence}\n${text}\n${fence}`;
  return runs.length === 0 ? fence + text + fence : `${fence} ${text} ${fence}`;
};

/** Two bars in code could end the text that a warning hides. */
const withoutCode = (note: LinkedText): LinkedText => ({
  ...note,
  emphasis: note.emphasis.filter(({ as }) => as !== "code"),
});

/** Signs next to the same signs mean something else. */
const touchesSigns = (one: Emphasised, { emphasis }: LinkedText): boolean =>
  emphasis.some(
    (other) =>
      other !== one &&
      (other.end === one.start || (other.as === one.as && other.start <= one.start && other.end >= one.end)),
  );

/** Discord takes the signs behind an address into its link. */
const touchesAddress = ({ start, end }: Span, { text }: LinkedText): boolean =>
  /:\/\/\S*$/.test(text.slice(0, start)) || text.slice(start, end).includes("://");

/** Writes a note with its links at their words, and with what its author emphasised. */
const marked = (note: LinkedText): string => {
  const emphasis = note.emphasis.filter((one) => !touchesAddress(one, note) && !touchesSigns(one, note));
  return writeSpans({ ...note, emphasis }, written, (span, inner) => {
    if (!("url" in span))
      return span.as === "code" ? code(note.text.slice(span.start, span.end)) : signs[span.as] + inner + signs[span.as];
    // A link in angle brackets gets no card.
    const { href } = new URL(span.url);
    return touchesAddress(span, note) ? `${inner} (<${href}>)` : `[${inner}](<${href}>)`;
  });
};

/** Counts UTF-16 units, like Discord's editor. Its server never counts more. */
export const discordLength = (text: string): number => written(text).length;

const cutTo = (text: string, max: number): string =>
  plain(shorten({ text, isCut: false }, (part) => plain(part).length <= max));

const settings = z.strictObject({
  /** `new`: each post begins a thread, as a forum channel asks for. Or the number of the thread that all posts go into. */
  thread: z.union([z.literal("new"), z.string().regex(/^\d{1,20}$/)]).optional(),
  ...textSettings,
});

/** A channel of a Discord server, which a webhook of that channel writes to. */
export const discord = defineNetwork({
  name: "discord",
  // A second request makes a second message, and a webhook reads no channel.
  offers: "none",
  contentWarning: "spoiler",
  settle: minute,
  settings,
  credentials: z.object({
    /** Grants access to the channel. It is in the server settings under "Integrations", "Webhooks". */
    url: z.string().regex(/^https:\/\/(?:\w+\.)?discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/\d+\/[\w%-]+$/),
  }),
  sandboxCredentials: ({ name }) => ({
    url: `https://discord.com/api/webhooks/100000000000000001/sandbox-${encodeURIComponent(name)}`,
  }),
  server: () => "discord.com",
  length: discordLength,
  compose: (post, own) => composeNote(post, { emphasis: true }, (given, note) => composeMessage(given, own, note)),
  connect: (login) => connectDiscord(login),
});

const composeMessage = (given: Snippet, own: z.output<typeof settings>, note: LinkedText | undefined): Composed => {
  const snippet = linkedBy(given, own);
  const images = makeImages(snippet);
  // A note shows its pictures and no card. Embeds with one address are shown as one, with the pictures of all.
  const hasCard =
    snippet.url !== "" && snippet.url.length <= maxUrl && (snippet.isNote !== true || images.length === 0);
  const wording = wordingBy(snippet, own, hasCard ? withCard : withTitle);
  const { contentWarning: warning } = snippet.content.social;
  const content = (text: string): string => {
    const isWhole = note !== undefined && text.startsWith(note.text);
    const whole = isWhole
      ? marked(warning === undefined ? note : withoutCode(note)) + written(text.slice(note.text.length), snippet.url)
      : written(text, snippet.url);
    return warning === undefined ? whole : `${plain(warning)}\n\n||${whole}||`;
  };
  // The card has the link. The text has it only if a template or the author puts it there.
  const url = hasCard && wording.layout === undefined ? "" : snippet.url;
  const measure = (text: string): number => content(text).length;
  const fitted = fit({ ...wording, url, tags: [] }, { limit, maxTags: 0, measure });
  const shown = snippet.isGallery ? images : [];
  const others = shown.slice(1).map((image) => ({ url: snippet.url, ...image }));
  const embeds = hasCard ? [makeEmbed(snippet, wording, images), ...others] : shown;
  return {
    ...fitted,
    ...(hasCard && { card: { title: snippet.title, description: shownBelow(snippet, wording) } }),
    ...(shown.length > 0 && { pictures: shown.length }),
    request: {
      content: content(fitted.text),
      embeds,
      // A mention in the text notifies nobody.
      allowed_mentions: { parse: [] },
      ...(own.thread === "new" && { thread_name: threadName(snippet) }),
    },
  };
};

/** Discord shows the signs of Markdown in the name of a thread as they are. */
const threadName = ({ title }: Snippet): string =>
  shorten({ text: title, isCut: false }, (part) => part.length <= maxName);

/** Sensitive content is not shown below its warning. */
const shownBelow = (snippet: Snippet, wording: Wording): string =>
  snippet.content.social.contentWarning === undefined ? cardDescription(snippet, wording) : "";

/** Sensitive content is not shown. */
const makeImages = ({ images, content }: Snippet) => {
  const { contentWarning, sensitive } = content.social;
  if (sensitive || contentWarning !== undefined) return [];
  return images.slice(0, maxPictures).flatMap(({ url }) => (url.length > maxUrl ? [] : [{ image: { url } }]));
};

const makeEmbed = (snippet: Snippet, wording: Wording, [image]: ReturnType<typeof makeImages>) => {
  const description = cutTo(shownBelow(snippet, wording), maxDescription);
  return {
    title: cutTo(snippet.title, maxTitle),
    url: snippet.url,
    ...(description === "" ? {} : { description }),
    ...image,
  };
};

interface Credentials {
  readonly url: string;
}

const message = z.object({ id: z.string().min(1), channel_id: z.string().optional() });
const ownWebhook = z.object({ id: z.string().min(1), name: z.string().nullish() });
const problem = z.object({
  code: z.number().optional(),
  message: z.string().optional(),
  errors: z.unknown().optional(),
  retry_after: z.number().optional(),
});

/** The error code of a message that does not exist (discord.com/developers/docs, "JSON Error Codes"). */
const unknownMessage = 10008;

/**
 * The error codes that are about the channel or the thread: a tag is required, the thread is archived or locked, the channel
 * is a forum, or is none.
 */
const channelErrors: ReadonlySet<number | undefined> = new Set([
  40_067, 50_083, 160_005, 220_001, 220_002, 220_003, 220_004,
]);

const connectDiscord = (login: ParsedLogin<z.output<typeof settings>, Credentials>): Connection => {
  const { credentials, sandbox, fetchJson } = login;
  const { thread } = login.settings;
  const { pathname } = new URL(credentials.url);
  const [id = "", token = ""] = pathname.split("/").slice(-2);
  // A URL without a version uses an old API version.
  const webhook = `${sandbox ?? "https://discord.com"}/api/v10/webhooks/${id}/${token}`;
  const call = async (
    method: string,
    path: string,
    json: unknown,
    signal: AbortSignal,
    outcomeOf: (response: JsonResponse) => Outcome,
  ): Promise<Outcome> => {
    const result = await fetchJson(webhook + path, { method, signal, ...(json === undefined ? {} : { json }) });
    return toOutcome(result, outcomeOf);
  };
  return {
    whoAmI: async (signal) =>
      readIdentity(
        await fetchJson(webhook, { method: "GET", signal }),
        (response) => {
          const own = bodyIn(response, ownWebhook, response.status === 200);
          const place = thread === undefined ? "" : `, thread ${thread}`;
          return own && { id: `discord.com, webhook ${id}${place}`, ...(own.name && { handle: own.name }) };
        },
        outcomeOfError,
        "Discord",
      ),
    send: (request, _key, signal) =>
      call("POST", `?wait=true${isNumber(thread) ? `&thread_id=${thread}` : ""}`, request, signal, (response) => {
        const sent = bodyIn(response, message, response.status === 200);
        if (sent === undefined) return outcomeOfError(response);
        const place = thread === undefined || sent.channel_id === undefined ? "" : `${sent.channel_id}/`;
        // The message's URL works only for members of the server.
        return { kind: "posted", remote: { id: place + sent.id, url: null, public: false } };
      }),
    // A thread keeps the name that it began with.
    edit: (remote, { thread_name: _, ...request }, signal) =>
      withId(remote, unknownId, (id) =>
        call("PATCH", messagePath(id), request, signal, (response) =>
          bodyIn(response, message, response.status === 200) === undefined
            ? missingIf(isMissing(response), outcomeOfError(response))
            : { kind: "done" },
        ),
      ),
    remove: (remote, signal) =>
      withId(remote, unknownId, (id) =>
        call("DELETE", messagePath(id), undefined, signal, (response) =>
          response.status === 204 || isMissing(response) ? { kind: "done" } : outcomeOfError(response),
        ),
      ),
  };
};

const unknownId = "The message's id is not known: change it on Discord by hand";

const isNumber = (thread: string | undefined): boolean => thread !== undefined && thread !== "new";

/** The id of a message in a thread has the thread's before it: the account may write into another one by now. */
const messagePath = (remoteId: string): string => {
  const [id = "", thread] = remoteId.split("/").toReversed();
  const query = thread === undefined ? "" : `?thread_id=${encodeURIComponent(thread)}`;
  return `/messages/${encodeURIComponent(id)}${query}`;
};

const isMissing = ({ status, body }: JsonResponse): boolean =>
  status === 404 && problem.safeParse(body).data?.code === unknownMessage;

/** The first error of a form. Errors are nested like the fields: `embeds.0.url: Not a well formed URL.` */
const firstError = (errors: unknown, path = ""): string | undefined => {
  const fields = z.record(z.string(), z.unknown()).safeParse(errors).data ?? {};
  const [own] = z.array(z.object({ message: z.string() })).safeParse(fields._errors).data ?? [];
  if (own !== undefined) return `${path}: ${own.message}`;
  const nested = Object.entries(fields).map(([name, below]) =>
    firstError(below, path === "" ? name : `${path}.${name}`),
  );
  return nested.find((found) => found !== undefined);
};

const outcomeOfError = (response: JsonResponse): Outcome => {
  const { status } = response;
  const { code, message, errors, retry_after: wait } = problem.safeParse(response.body).data ?? {};
  const reason = answerReason(
    "Discord",
    status,
    [message, firstError(errors)].filter((part) => part !== undefined).join(": "),
  );
  const common = commonOutcome(response, reason, retryInSeconds(response, wait) ?? readRetryAt(response));
  if (common !== undefined) return common;
  // After a 404 the webhook was deleted or has another token: the error is not about the post.
  if (status === 401 || status === 403 || (status === 404 && !isMissing(response)) || channelErrors.has(code))
    return { kind: "unauthorised", reason };
  return { kind: "rejected", reason };
};
