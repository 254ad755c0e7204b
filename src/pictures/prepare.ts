import sharp from "sharp";
import { errorMessage } from "../domain/errors.ts";
import { detectFormat, type PictureCap } from "../domain/picture.ts";
import type { Preparation, PreparePicture, Scaled } from "../ports/pictures.ts";

/**
 * The limit is above the resolution of phone cameras. Decoded, such a picture takes 200 MB, or twice that with 16 bits
 * a channel.
 */
const maxPixels = 50_000_000;

// Only the decoders of the recognised formats are allowed: libvips has many more.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: [
    "VipsForeignLoadJpeg",
    "VipsForeignLoadPng",
    "VipsForeignLoadNsgif",
    "VipsForeignLoadWebp",
    "VipsForeignLoadHeif",
  ],
});
sharp.cache(false);
sharp.concurrency(1);

/** The qualities are tried in this order until the picture fits. */
const qualities = [85, 72, 60];
const scales = [1, 0.75, 0.5, 0.3, 0.15];

interface Raw {
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
}

/** Decodes a picture upright, in sRGB, without metadata, and only the first frame of an animation. */
const decode = async (bytes: Uint8Array, side: number): Promise<Raw> => {
  const { data, info } = await sharp(bytes, { limitInputPixels: maxPixels, failOn: "error", sequentialRead: true })
    .autoOrient()
    .resize({ width: side, height: side, fit: "inside", withoutEnlargement: true })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  return { bytes: data, width: info.width, height: info.height, channels: info.channels };
};

const fromRaw = ({ bytes, width, height, channels }: Raw) => sharp(bytes, { raw: { width, height, channels } });

const sized = ({ width, height }: Raw, scale: number) => ({
  width: Math.max(1, Math.round(width * scale)),
  height: Math.max(1, Math.round(height * scale)),
  fit: "fill" as const,
});

/** A logo without a background keeps its transparency, if it is small enough. */
const asPng = async (raw: Raw, { maxBytes }: PictureCap): Promise<Omit<Scaled, "cap"> | undefined> => {
  const bytes = await fromRaw(raw).png({ compressionLevel: 9 }).toBuffer();
  const { width, height } = raw;
  return bytes.length <= maxBytes ? { bytes, mediaType: "image/png", width, height } : undefined;
};

const asJpeg = async (raw: Raw, { maxBytes }: PictureCap): Promise<Omit<Scaled, "cap"> | undefined> => {
  for (const scale of scales) {
    for (const quality of qualities) {
      const { data, info } = await fromRaw(raw)
        .resize(sized(raw, scale))
        .flatten({ background: "#fff" })
        .jpeg({ quality })
        .toBuffer({ resolveWithObject: true });
      if (data.length <= maxBytes)
        return { bytes: data, mediaType: "image/jpeg", width: info.width, height: info.height };
    }
  }
  return undefined;
};

const scaleTo = async (bytes: Uint8Array, cap: PictureCap): Promise<Scaled | undefined> => {
  const raw = await decode(bytes, cap.maxSide);
  const hasAlpha = raw.channels === 2 || raw.channels === 4;
  const isOpaque = !hasAlpha || (await fromRaw(raw).stats()).isOpaque;
  const scaled = (isOpaque ? undefined : await asPng(raw, cap)) ?? (await asJpeg(raw, cap));
  return scaled && { cap, ...scaled };
};

/** libvips puts the names of its own functions before the reason. */
const whyBroken = (error: unknown): string => {
  const message = errorMessage(error).split("\n")[0] ?? "";
  return /pixel limit/i.test(message)
    ? `it has more than ${maxPixels / 1_000_000} million pixels`
    : `it cannot be decoded (${message.slice(0, 100)})`;
};

/** Prepares the picture for each cap. The bytes are not trusted, so a separate process calls this. */
export const prepare: PreparePicture = async (bytes, caps): Promise<Preparation> => {
  if (detectFormat(bytes) === undefined) return { kind: "refused", reason: describeOther(bytes) };
  try {
    const scaled: Scaled[] = [];
    for (const cap of caps) {
      const one = await scaleTo(bytes, cap);
      if (one === undefined) return { kind: "refused", reason: `it is larger than ${cap.maxBytes} bytes at any size` };
      scaled.push(one);
    }
    return { kind: "prepared", scaled };
  } catch (error) {
    return { kind: "refused", reason: whyBroken(error) };
  }
};

/** Returns what the bytes are instead, for people. */
const describeOther = (bytes: Uint8Array): string => {
  const start = Buffer.from(bytes.subarray(0, 1000)).toString("latin1").trimStart().toLowerCase();
  if (bytes.length === 0) return "it is empty";
  if (/<svg[\s>]/.test(start)) return "it is an SVG, which networks do not take";
  if (/^(<!doctype html|<html|<head|<body|<!--)/.test(start)) return "it is an HTML page";
  return "it is not a JPEG, PNG, WebP, GIF or AVIF";
};
