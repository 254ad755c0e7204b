import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const chunk = (type: string, content: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
  return Buffer.concat([uint32(content.length), body, uint32(crc32(body))]);
};

/** A black PNG of one bit a pixel, so that a few kilobytes have any number of pixels. */
export const makePng = (width: number, height: number): Buffer => {
  const bytes = Math.min(height * (1 + Math.ceil(width / 8)), 5_000_000);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", Buffer.concat([uint32(width), uint32(height), Buffer.from([1, 0, 0, 0, 0])])),
    chunk("IDAT", deflateSync(Buffer.alloc(bytes))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
};

/** Every pixel differs from its neighbour: no encoder makes it small. The same at every call. */
export const noise = (width: number, height: number, channels: 3 | 4 = 3): ReturnType<typeof sharp> => {
  const bytes = Buffer.alloc(width * height * channels);
  let state = 1;
  for (let index = 0; index < bytes.length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return sharp(bytes, { raw: { width, height, channels } });
};

/** The left half is red, the right half blue. */
export const halves = (width: number, height: number): ReturnType<typeof sharp> =>
  sharp({ create: { width, height, channels: 3, background: "#f00" } }).composite([
    {
      input: { create: { width: Math.ceil(width / 2), height, channels: 3, background: "#00f" } },
      left: Math.floor(width / 2),
      top: 0,
    },
  ]);

/** Makes a GIF of this many frames, each of which has the data of only one pixel. */
export const makeGif = (width: number, height: number, frames: number): Buffer => {
  const size = Buffer.from([width & 255, width >> 8, height & 255, height >> 8]);
  const frame = Buffer.concat([Buffer.from([0x2c, 0, 0, 0, 0]), size, Buffer.from([0, 2, 2, 0x44, 1, 0])]);
  return Buffer.concat([
    Buffer.from("GIF89a", "latin1"),
    size,
    Buffer.from([0x80, 0, 0, 0, 0, 0, 255, 255, 255]),
    ...Array.from({ length: frames }, () => frame),
    Buffer.from([0x3b]),
  ]);
};
