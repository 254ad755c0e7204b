import type { Warning } from "./findings.ts";
import { isFeedName } from "./site.ts";
import { day, hour, type Instant, minute } from "./time.ts";

/** A recording, video or other file that belongs to the post, such as the episode of a podcast. */
export interface Attachment {
  /** Absolute. */
  readonly url: string;
  /** Undefined if the document names none. */
  readonly mediaType: string | undefined;
  /** In bytes. Undefined if the document names none. */
  readonly length: number | undefined;
}

/** An episode of a podcast, without its recording. */
export interface Episode {
  /** In seconds. */
  readonly duration: number | undefined;
  readonly number: number | undefined;
  readonly season: number | undefined;
  readonly type: "full" | "trailer" | "bonus" | undefined;
  readonly explicit: boolean | undefined;
}

/** The answer of the server of an attachment. It is requested once for each URL, and again only where that failed. */
export interface AttachmentProbe {
  readonly url: string;
  /** The type of the response, whatever it is. */
  readonly mediaType: string | undefined;
  readonly length: number | undefined;
  /** True if there was no answer, or no such file. */
  readonly failed: boolean;
  /** The number of requests. */
  readonly tries: number;
  /** The time of the next request; undefined if there is none. */
  readonly next: Instant | undefined;
}

/** A file that every feed can name. */
export interface AttachedFile {
  readonly url: string;
  readonly mediaType: string;
  readonly length: number | undefined;
}

const extensions: Readonly<Record<string, string>> = {
  mp3: "audio/mpeg",
  m4a: "audio/mp4",
  aac: "audio/aac",
  ogg: "audio/ogg",
  opus: "audio/ogg",
  wav: "audio/wav",
  mp4: "video/mp4",
  m4v: "video/mp4",
  mov: "video/quicktime",
  webm: "video/webm",
  pdf: "application/pdf",
  epub: "application/epub+zip",
};

const typeByExtension = (url: string): string | undefined =>
  extensions[/\.(\w+)$/.exec(URL.parse(url)?.pathname ?? "")?.[1]?.toLowerCase() ?? ""];

export const isRecording = (mediaType: string | undefined): boolean =>
  mediaType !== undefined && /^(?:audio|video)\/[\w.+-]+$/.test(mediaType);

/** A page at the address of a file is a player, or says that there is no such file. */
const isPage = (mediaType: string | undefined): boolean =>
  mediaType !== undefined && /^(?:text\/html|application\/xhtml\+xml)$/.test(mediaType);

/** The type that is known without a response. */
const knownType = ({ url, mediaType }: Attachment): string | undefined => mediaType ?? typeByExtension(url);

interface Attaching {
  readonly attachment?: Attachment | undefined;
  readonly probed?: AttachmentProbe | undefined;
}

/** A feed that names the type and the length of a file has measured it. */
const isMeasured = ({ mediaType, length }: Attachment, source: string): boolean =>
  isFeedName(source) && mediaType !== undefined && length !== undefined;

const answerFor = ({ attachment, probed }: Attaching): AttachmentProbe | undefined =>
  probed?.url === attachment?.url && probed?.failed === false ? probed : undefined;

/**
 * Returns the file of a post for its feeds. The type is the author's, else the server's if it is a recording, else that
 * of the extension: servers send `application/octet-stream` for files that they do not know. The length is measured,
 * else the author's. Undefined without a type, which RSS requires.
 */
export const attachedFile = (post: Attaching): AttachedFile | undefined => {
  const { attachment } = post;
  if (attachment === undefined) return undefined;
  const answer = answerFor(post);
  const answered = isRecording(answer?.mediaType) ? answer?.mediaType : undefined;
  const mediaType = attachment.mediaType ?? answered ?? typeByExtension(attachment.url);
  return mediaType === undefined
    ? undefined
    : { url: attachment.url, mediaType, length: answer?.length || attachment.length };
};

/** The pauses before the next requests of a file that could not be requested. */
const pauses = [minute, 5 * minute, 30 * minute, 6 * hour, ...Array.from({ length: 7 }, () => day)];

/** True if the attachment of a post is requested now. */
export const isProbeDue = (
  { attachment, probed, source }: Attaching & { readonly source: string },
  now: Instant,
): boolean =>
  attachment !== undefined &&
  !isMeasured(attachment, source) &&
  (probed?.url !== attachment.url || (probed.next !== undefined && probed.next <= now));

/** Returns what is known after a request. `answer` is undefined if it failed. */
export const afterProbe = (
  attachment: Attachment,
  before: AttachmentProbe | undefined,
  answer: { readonly mediaType: string | undefined; readonly length: number | undefined } | undefined,
  now: Instant,
): AttachmentProbe => {
  const tries = (before?.url === attachment.url ? before.tries : 0) + 1;
  // A player stays a page. A page instead of a file of a known type, and an empty file, may not be there yet.
  const failed = !answer || answer.length === 0 || (isPage(answer.mediaType) && knownType(attachment) !== undefined);
  const pause = failed ? pauses[tries - 1] : undefined;
  return {
    url: attachment.url,
    mediaType: answer?.mediaType,
    length: answer?.length,
    failed,
    tries,
    next: pause === undefined ? undefined : now + pause,
  };
};

/**
 * Returns the time until which a new post waits for the second request of its file, so that readers get the entry as it
 * stays. A post whose document names the type and the length does not wait.
 */
export const waitsForProbe = (post: Attaching): Instant | undefined => {
  const { next, tries = 0 } = post.probed ?? {};
  const file = attachedFile(post);
  return tries === 1 && (file === undefined || file.length === undefined) ? next : undefined;
};

const unreached = ({ mediaType, length }: AttachmentProbe): string => {
  if (isPage(mediaType)) return "is a page on its server";
  return length === 0 ? "is empty on its server" : "cannot be requested";
};

/** Names what is wrong with the attachment of a post, as its server answered. */
export const attachmentWarnings = (post: Attaching): readonly Warning[] => {
  const { attachment, probed } = post;
  if (attachment === undefined || probed?.url !== attachment.url) return [];
  const warn = (code: string, message: string): readonly Warning[] => [{ code, field: "enclosure", message }];
  const { mediaType, length, failed } = probed;
  const url = attachment.url.slice(0, 200);
  if (attachedFile(post) === undefined)
    return warn(
      "enclosure-type-unknown",
      `${url} ${isPage(mediaType) ? "is a page" : "has no type of a recording, and no extension that is known"}: no feed has it. Name the file and its type: \`enclosure: { url: …, type: audio/mpeg }\`.`,
    );
  if (failed)
    return warn(
      "enclosure-unreachable",
      `${url} ${unreached(probed)}: feeds have it with what the document says. ${probed.next === undefined ? "It is not requested any more." : "It is requested again."}`,
    );
  return attachment.length === undefined || !length || length === attachment.length
    ? []
    : warn(
        "enclosure-length-differs",
        `${url} has ${length} bytes, and the document says ${attachment.length}: feeds have what was measured.`,
      );
};
