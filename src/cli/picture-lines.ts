import type { PlannedSnippet } from "../api/contract.ts";

type PlannedPicture = NonNullable<PlannedSnippet["picture"]>;

const formats: Readonly<Record<string, string>> = { "image/jpeg": "JPEG", "image/png": "PNG" };

const sizeOf = (bytes: number): string =>
  bytes < 1_000_000
    ? `${Math.ceil(bytes / 1000)} KB`
    : `${(bytes / 1_000_000).toLocaleString("en", { maximumFractionDigits: 1 })} MB`;

const fileOf = ({ prepared, cap }: PlannedPicture): string => {
  if (prepared !== null) {
    const { mediaType, width, height, size } = prepared;
    return `${formats[mediaType] ?? mediaType}, ${width} × ${height}, ${sizeOf(size)}`;
  }
  if (cap === null) return "as it is";
  return `scaled down where it has more than ${cap.maxSide.toLocaleString("en")} pixels or ${sizeOf(cap.maxBytes)}`;
};

const altOf = ({ alt, sendsAlt }: PlannedPicture): string => {
  if (alt === null) return "no alternative text";
  return sendsAlt ? `alt "${alt}"` : "its alternative text is not sent";
};

/** The picture that an account sends with a post, or why it sends none. Nothing where the post has none. */
export const pictureLines = ({ picture }: Pick<PlannedSnippet, "picture">): readonly string[] => {
  if (picture === null || picture.url === null) return [];
  const { sent, url, reason } = picture;
  if (sent === "none") return [`no picture is sent: ${reason ?? ""}`];
  const how = sent === "file" ? fileOf(picture) : "loaded by the network";
  return [`picture: ${url}`, `      ${how}; ${altOf(picture)}`, ...(reason === null ? [] : [`      so far ${reason}`])];
};
