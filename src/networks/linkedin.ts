import * as z from "zod";
import type { Outcome, Remote, StoredRequest } from "../domain/delivery.ts";
import { maxPictures } from "../domain/post.ts";
import { shorten } from "../domain/shorten.ts";
import { cardDescription, fit, type Snippet, withCard, withTitle } from "../domain/snippet.ts";
import { minute } from "../domain/time.ts";
import type { Composed, Connection, Identity, NoLogin } from "../ports/networks.ts";
import {
  afterUploadError,
  attachedIn,
  describePictures,
  lostBytes,
  type PictureStep,
  type PostPictures,
  picturesToSend,
} from "./attached-pictures.ts";
import { defineNetwork, type ParsedLogin } from "./define.ts";
import {
  answerReason,
  bodyIn,
  commonOutcome,
  type JsonRequest,
  type JsonResponse,
  missingIf,
  notRead,
  readIdentity,
  readRetryAt,
  toOutcome,
  withId,
} from "./http.ts";
import { linkedBy, textSettings, warningLine, wordingBy } from "./network-text.ts";
import { loginEnd } from "./oauth-access.ts";

/**
 * The month of LinkedIn's API, which answers 426 about a year after it. test/conventions/linkedin-version.test.ts fails
 * before that: read LinkedIn's list of changes, then set a newer one.
 */
export const linkedinVersion = "202610";

const limit = 3000;
const longestAlt = 4000;
const maxTitle = 400;
const maxDescription = 4000;

/** Escapes the signs that LinkedIn reads as its own, also in addresses: it cuts a text silently at one that is not escaped. */
const escaped = (text: string): string => text.replaceAll(/[\\|{}@[\]()<>#*_~]/g, "\\$&");

/** Writes a text in LinkedIn's "little" format, in which a hashtag has a form of its own. */
const little = (text: string): string =>
  text
    .split(/(?<=^|\s)(#[\p{M}\p{N}_]*\p{L}[\p{L}\p{M}\p{N}_]*)/u)
    .map((part, at) => (at % 2 === 1 ? `{hashtag|\\#|${escaped(part.slice(1))}}` : escaped(part)))
    .join("");

/** Counts UTF-16 units of the escaped text: LinkedIn does not say which it counts, and cuts what is longer. */
export const linkedinLength = (text: string): number => little(text).length;

const settings = z.strictObject({
  hashtags: z.int().min(0).max(10).default(3),
  /** Another month of LinkedIn's API than the one that Crier was written for. */
  version: z
    .string()
    .regex(/^20\d\d(?:0[1-9]|1[0-2])$/, "a version of LinkedIn's API such as 202610")
    .optional(),
  ...textSettings,
});

type Settings = z.output<typeof settings>;

/** The posts of a member of LinkedIn. LinkedIn does not read the linked page, so the card is made here. */
export const linkedin = defineNetwork({
  name: "linkedin",
  // 422 DUPLICATE_POST. LinkedIn does not document how long it refuses an equal text.
  offers: "refuse",
  remembersFor: 50 * minute,
  connectsByClick: true,
  // It is not known whether a picture in the place of a card makes an equal text another post.
  offersTo: (request) => (request.article === undefined && attachedIn(request).length > 0 ? "none" : "refuse"),
  contentWarning: "text",
  settle: minute,
  picture: () => ({ maxBytes: 5_000_000, maxSide: 2048 }),
  settings,
  credentials: z.object({
    accessToken: z.string().min(1),
    /** When the login ends (RFC 3339). LinkedIn says it with the token, and never again. */
    expiresAt: loginEnd,
  }),
  sandboxCredentials: ({ name }) => ({ accessToken: `sandbox-${name}` }),
  server: () => "linkedin.com",
  length: linkedinLength,
  compose: (given, own) => composePost(given, own),
  connect: (login) => connectLinkedin(login),
});

const composePost = (given: Snippet, { hashtags, ...own }: Settings): Composed => {
  const snippet = linkedBy(given, own);
  const rules = { limit, maxTags: hashtags, measure: linkedinLength };
  const { contentWarning, sensitive } = snippet.content.social;
  const isWarned = contentWarning !== undefined;
  const warning = warningLine(snippet, rules);
  const shown = isWarned || sensitive ? [] : snippet.pictures.slice(0, snippet.isGallery ? maxPictures : 1);
  // The pictures of a gallery are in the place of the card.
  const hasCard = snippet.url !== "" && !(snippet.isGallery && shown.length > 0);
  const wording = { ...wordingBy(snippet, own, hasCard ? withCard : withTitle), warning };
  const fitted = fit({ ...snippet, ...wording }, rules);
  const description = isWarned ? "" : cutTo(cardDescription(snippet, wording), maxDescription);
  const card = { title: cutTo(snippet.title, maxTitle), description };
  // The picture of a card has no alternative text: the card says what the page is.
  const pictures = hasCard ? shown.map(({ image: { url }, ...one }) => ({ ...one, image: { url } })) : shown;
  const attached = hasCard || snippet.isGallery ? describePictures({ pictures }, longestAlt) : {};
  return {
    ...fitted,
    ...(hasCard && { card }),
    ...(!hasCard && attached.pictures && { pictures: attached.pictures.length }),
    request: {
      commentary: little(fitted.text),
      ...(hasCard && {
        article: { source: snippet.url, title: card.title, ...(description !== "" && { description }) },
      }),
      ...attached,
    },
  };
};

const cutTo = (text: string, max: number): string => shorten({ text, isCut: false }, (part) => part.length <= max);

interface Credentials {
  readonly accessToken: string;
  readonly expiresAt?: string | undefined;
}

const member = z.object({ sub: z.string().min(1), name: z.string().optional() });
const storedPost = z.object({ commentary: z.string() });
const upload = z.object({ value: z.object({ uploadUrl: z.url(), image: z.string().min(1) }) });
const inputError = z.object({ description: z.string().optional(), code: z.string().optional() });
const problem = z.object({
  message: z.string().optional(),
  errorDetails: z.object({ inputErrors: z.array(inputError) }).optional(),
});

type Login = ParsedLogin<Settings, Credentials>;

/** The requests of a login. Paths are relative to the address of the API. */
const linkedinApi = ({ settings: { version = linkedinVersion }, credentials, sandbox, fetchJson }: Login) => {
  const base = sandbox ?? "https://api.linkedin.com";
  const authorization = `Bearer ${credentials.accessToken}`;
  return {
    authorization,
    isOwn: (address: string): boolean => {
      const { protocol, hostname, origin } = new URL(address);
      if (sandbox !== undefined) return origin === new URL(sandbox).origin;
      return protocol === "https:" && /(?:^|\.)linkedin\.com$/.test(hostname);
    },
    call: (path: string, { headers, ...request }: JsonRequest) =>
      fetchJson(`${base}/${path}`, {
        ...request,
        headers: {
          authorization,
          "linkedin-version": version,
          "x-restli-protocol-version": "2.0.0",
          ...headers,
        },
      }),
  };
};

type Api = ReturnType<typeof linkedinApi>;

const connectLinkedin = (login: Login): Connection => {
  const api = linkedinApi(login);
  const { call } = api;
  const identify = ownMember(api, login.credentials);
  return {
    whoAmI: async (signal, isCheck) => {
      const { login: own } = await identify(signal, isCheck);
      return own;
    },
    send: async (request, _key, signal, progress) => {
      const { author, login: own } = await identify(signal);
      if (author === undefined) return own.kind === "identity" ? unnamedMember : own;
      const pictures = picturesToSend(request, request.commentary, progress);
      if (pictures.next !== undefined) return uploadPicture(pictures.next, author, { ...login, api, signal });
      const json = postOf(author, request, pictures);
      const result = await call("rest/posts", { method: "POST", json, signal });
      if (result.kind !== "response") return result;
      const { response } = result;
      const urn = response.headers.get("x-restli-id");
      if (response.status === 201 && urn) return { kind: "posted", remote: remoteOf(urn) };
      const equal = duplicateIn(response);
      if (equal !== undefined) return readEqual(equal, request, response, api, signal);
      return pictures.afterRefusal(outcomeOfError(response));
    },
    // Only the text of a post can be edited: its card and its pictures stay.
    edit: (remote, { commentary }, signal) =>
      withId(remote, unknownId, async (urn) => {
        const json = { patch: { $set: { commentary } } };
        const headers = { "x-restli-method": "PARTIAL_UPDATE" };
        const result = await call(postPath(urn), { method: "POST", json, headers, signal });
        return toOutcome(result, (response) =>
          response.status === 204 ? { kind: "done" } : missingIf(response.status === 404, outcomeOfError(response)),
        );
      }),
    remove: (remote, signal) =>
      withId(remote, unknownId, async (urn) => {
        const headers = { "x-restli-method": "DELETE" };
        const result = await call(postPath(urn), { method: "DELETE", headers, signal });
        return toOutcome(result, (response) =>
          response.status === 204 || response.status === 404 ? { kind: "done" } : outcomeOfError(response),
        );
      }),
  };
};

interface Member {
  readonly login: Identity | NoLogin;
  /** The member's URN, by which LinkedIn knows the author of a post. */
  readonly author?: string;
}

/** The member of the token, requested until it is known. */
const ownMember = ({ call }: Api, { expiresAt }: Credentials) => {
  let known: Member | undefined;
  return async (signal: AbortSignal, isCheck = false): Promise<Member> => {
    if (known !== undefined && !isCheck) return known;
    let author: string | undefined;
    const login = readIdentity(
      await call("v2/userinfo", { method: "GET", signal }),
      (response) => {
        const own = bodyIn(response, member, response.status === 200);
        if (own === undefined) return undefined;
        author = `urn:li:person:${own.sub}`;
        const endsAt = expiresAt === undefined ? undefined : Date.parse(expiresAt);
        return { id: `linkedin.com, member ${own.sub}`, ...(own.name && { handle: own.name }), endsAt };
      },
      outcomeOfError,
      "LinkedIn",
    );
    if (author === undefined) return { login };
    known = { login, author };
    return known;
  };
};

const unnamedMember: Outcome = { kind: "unavailable", reason: "LinkedIn did not say whose login it is" };

/** The post as LinkedIn documents it (Posts API). */
const postOf = (author: string, { article, pictures: _, ...text }: StoredRequest, { ids, kept }: PostPictures) => {
  const images = ids.map((id, at) => ({ id, altText: kept[at]?.alt }));
  const [image] = images;
  const card = typeof article === "object" && { article: { ...article, ...(image && { thumbnail: image.id }) } };
  const media = image && (images.length === 1 ? { media: image } : { multiImage: { images } });
  const content = card || media;
  return {
    author,
    ...text,
    visibility: "PUBLIC",
    distribution: { feedDistribution: "MAIN_FEED", targetEntities: [], thirdPartyDistributionChannels: [] },
    lifecycleState: "PUBLISHED",
    isReshareDisabledByAuthor: false,
    ...(content && { content }),
  };
};

/** Uploads a picture, which nobody sees before a post has it (Images API). It may be repeated. */
const uploadPicture = async (
  step: PictureStep,
  owner: string,
  {
    api,
    readPicture,
    fetchJson,
    signal,
  }: Pick<Login, "readPicture" | "fetchJson"> & {
    readonly api: Api;
    readonly signal: AbortSignal;
  },
): Promise<Outcome> => {
  const { picture, uploaded, without } = step;
  const bytes = await readPicture(picture);
  if (bytes === undefined) return without(lostBytes);
  const json = { initializeUploadRequest: { owner } };
  const begun = await api.call("rest/images?action=initializeUpload", { method: "POST", json, signal });
  if (begun.kind !== "response") return without(begun);
  const { uploadUrl, image } = bodyIn(begun.response, upload, begun.response.status === 200)?.value ?? {};
  const refused = (response: JsonResponse): Outcome =>
    afterUploadError(outcomeOfError(response), response.status === 401, step);
  if (uploadUrl === undefined || image === undefined) return refused(begun.response);
  // The token is sent to LinkedIn alone.
  if (!api.isOwn(uploadUrl))
    return without({ kind: "rejected", reason: "LinkedIn named an address that is not its own" });
  const sent = await fetchJson(uploadUrl, {
    method: "PUT",
    headers: { authorization: api.authorization, "content-type": "application/octet-stream" },
    body: Buffer.from(bytes),
    signal,
  });
  if (sent.kind !== "response") return without(sent);
  return sent.response.status < 300 ? uploaded(image) : refused(sent.response);
};

const unknownId = "The post's URN is not known: change it on LinkedIn by hand";

const postPath = (urn: string): string => `rest/posts/${encodeURIComponent(urn)}`;

const addressOf = (urn: string): string => `https://www.linkedin.com/feed/update/${urn}/`;

const remoteOf = (urn: string): Remote => ({ id: urn, url: addressOf(urn), public: true });

/** The URN of the post that LinkedIn calls equal; empty if it names none. Undefined after another answer. */
const duplicateIn = ({ status, body }: JsonResponse): string | undefined => {
  const { message = "", errorDetails } = problem.safeParse(body).data ?? {};
  const isDuplicate = errorDetails?.inputErrors.some(({ code }) => code === "DUPLICATE_POST") ?? false;
  if (status !== 422 || !(isDuplicate || /duplicate of urn:li:/i.test(message))) return undefined;
  return /urn:li:(?:share|ugcPost|activity):\d+/.exec(message)?.[0] ?? "";
};

/** The letters and digits of a text in the "little" format: LinkedIn may write the rest in another way. */
const lettersOf = (commentary: unknown): string =>
  String(commentary)
    .replaceAll(/\{hashtag\|\\?#\|/g, "")
    .replaceAll(/[^\p{L}\p{M}\p{N}]/gu, "");

/**
 * Reads the post that LinkedIn calls equal. LinkedIn goes on refusing a text for a day or two after its post was deleted,
 * and names a post that nobody has: only a post that was read is taken for the copy.
 */
const readEqual = async (
  urn: string,
  { commentary }: StoredRequest,
  refusal: JsonResponse,
  { call }: Api,
  signal: AbortSignal,
): Promise<Outcome> => {
  const reason = reasonOf(refusal);
  if (urn === "") return { kind: "rejected", reason };
  const result = await call(postPath(urn), { method: "GET", signal });
  if (result.kind !== "response") return notRead({ ...result, reason: `${reason}; and ${result.reason}` });
  const { response } = result;
  const same = bodyIn(response, storedPost, response.status === 200);
  if (response.status === 404)
    return {
      kind: "rejected",
      reason: `${reason}, which is deleted: LinkedIn refuses its text for a day or two after that; change the text, or retry later`,
    };
  // Only apps that LinkedIn has approved for it may read a member's posts.
  if (response.status === 403)
    return { kind: "rejected", reason: `${reason}, which Crier may not read: look at ${addressOf(urn)}` };
  if (same === undefined) {
    const outcome = outcomeOfError(response);
    return outcome.kind === "unauthorised" || outcome.kind === "unavailable"
      ? outcome
      : { kind: "unavailable", reason: `${reason}, which could not be read` };
  }
  return lettersOf(same.commentary) === lettersOf(commentary)
    ? { kind: "duplicate", remote: remoteOf(urn), reason }
    : { kind: "rejected", reason: `${reason}, which has another text: ${addressOf(urn)}` };
};

const reasonOf = ({ status, body }: JsonResponse): string => {
  const { message, errorDetails } = problem.safeParse(body).data ?? {};
  const [first] = errorDetails?.inputErrors ?? [];
  const said = message?.replace(/^(?:[\w$]+\.)+[\w$]+(?:Exception|Error): /, "");
  return answerReason("LinkedIn", status, said || first?.description);
};

const outcomeOfError = (response: JsonResponse): Outcome => {
  const reason = reasonOf(response);
  const common = commonOutcome(response, reason, readRetryAt(response));
  if (common !== undefined) return common;
  const { status } = response;
  if (status === 401) return { kind: "unauthorised", reason };
  if (status === 403)
    return {
      kind: "unauthorised",
      reason: `${reason}; the login needs the scopes openid, profile and w_member_social`,
    };
  // LinkedIn switches a version off about a year after its month: this says nothing about the post.
  if (status === 426)
    return {
      kind: "unauthorised",
      reason,
      remedy: "update Crier, or name a newer version of LinkedIn's API in crier.config.ts (version)",
    };
  return { kind: "rejected", reason };
};
