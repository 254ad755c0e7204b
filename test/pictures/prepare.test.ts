import sharp from "sharp";
import { expect, test } from "vitest";
import { prepare } from "../../src/pictures/prepare.ts";
import type { Scaled } from "../../src/ports/pictures.ts";
import { halves, makeGif, makePng, noise } from "./files.ts";

const card = { maxBytes: 1_000_000, maxSide: 2000 };

const scaledOf = async (bytes: Uint8Array, cap = card): Promise<Scaled> => {
  const answer = await prepare(bytes, [cap]);
  if (answer.kind !== "prepared" || answer.scaled[0] === undefined) throw new Error(JSON.stringify(answer));
  return answer.scaled[0];
};

const reasonOf = async (bytes: Uint8Array): Promise<string> => {
  const answer = await prepare(bytes, [card]);
  return answer.kind === "prepared" ? "prepared" : answer.reason;
};

test("a large photograph is scaled to the side and the bytes of the cap", async () => {
  const photograph = await noise(2600, 1300).jpeg({ quality: 95 }).toBuffer();
  expect(photograph.length).toBeGreaterThan(card.maxBytes);
  const scaled = await scaledOf(photograph);
  expect(scaled.bytes.length).toBeLessThanOrEqual(card.maxBytes);
  expect(scaled.mediaType).toBe("image/jpeg");
  expect(scaled.width / scaled.height).toBeCloseTo(2, 1);
  const { width, height, format } = await sharp(scaled.bytes).metadata();
  expect({ width, height, format }).toEqual({ width: scaled.width, height: scaled.height, format: "jpeg" });
});

test("each cap gets a picture of its own, of one reading of the file", async () => {
  const bytes = await halves(1600, 900).png().toBuffer();
  const answer = await prepare(bytes, [card, { maxBytes: 20_000, maxSide: 300 }]);
  expect(answer.kind === "prepared" && answer.scaled.map(({ width, height }) => [width, height])).toEqual([
    [1600, 900],
    [300, 169],
  ]);
});

test("a small picture is not enlarged", async () => {
  const { width, height } = await scaledOf(await halves(40, 20).png().toBuffer());
  expect([width, height]).toEqual([40, 20]);
});

test("the place where a photograph was made does not go out, and it stands upright", async () => {
  const photograph = await halves(400, 200)
    .jpeg()
    .withExif({ IFD0: { Copyright: "Ada" }, IFD3: { GPSLatitude: "51/1 30/1 0/1", GPSLatitudeRef: "N" } })
    .withMetadata({ orientation: 6 })
    .toBuffer();
  expect((await sharp(photograph).metadata()).exif).toBeDefined();
  const scaled = await scaledOf(photograph);
  const { exif, xmp, icc, iptc, orientation } = await sharp(scaled.bytes).metadata();
  expect({ exif, xmp, icc, iptc, orientation }).toEqual({});
  expect([scaled.width, scaled.height]).toEqual([200, 400]);
  // After a quarter turn clockwise, the left side is at the top.
  const top = await sharp(scaled.bytes).extract({ left: 50, top: 20, width: 1, height: 1 }).raw().toBuffer();
  expect([...top].map((value) => Math.round(value / 255))).toEqual([1, 0, 0]);
});

test("a logo keeps its transparent background where it is small enough, and stands on white where it is not", async () => {
  const logo = await sharp({ create: { width: 300, height: 300, channels: 4, background: "#0f08" } })
    .png()
    .toBuffer();
  expect((await scaledOf(logo)).mediaType).toBe("image/png");
  const large = await scaledOf(await noise(900, 900, 4).png().toBuffer(), { maxBytes: 500_000, maxSide: 900 });
  expect(large.mediaType).toBe("image/jpeg");
  expect(large.bytes.length).toBeLessThanOrEqual(500_000);
});

test.each([
  ["PNG", () => halves(64, 64).png()],
  ["PNG of 16 bits", () => halves(64, 64).toColourspace("rgb16").png()],
  ["grey PNG", () => halves(64, 64).greyscale().png()],
  ["WebP", () => halves(64, 64).webp()],
  ["AVIF", () => halves(64, 64).avif({ effort: 0 })],
  ["GIF", () => halves(64, 64).gif()],
  ["CMYK JPEG", () => halves(64, 64).toColourspace("cmyk").jpeg()],
])("a %s is read by its content", async (_, make) => {
  const { width, mediaType } = await scaledOf(await make().toBuffer());
  expect({ width, mediaType }).toEqual({ width: 64, mediaType: "image/jpeg" });
});

test("an animation gives its first frame, however many it has", async () => {
  const { width, height } = await scaledOf(makeGif(100, 50, 20_000));
  expect([width, height]).toEqual([100, 50]);
});

test("a strip of one pixel stays a picture", async () => {
  const { width, height } = await scaledOf(makePng(40_000, 1));
  expect([width, height]).toEqual([2000, 1]);
});

test.each([
  ["a PNG of 40,000 × 40,000 pixels", makePng(40_000, 40_000), /more than 50 million pixels/],
  ["a GIF of 20,000 × 20,000 pixels", makeGif(20_000, 20_000, 1), /more than 50 million pixels/],
  ["a PNG of a size that no file has", makePng(0x7fff_ffff, 0x7fff_ffff), /more than 50|cannot be decoded/],
  ["an SVG", Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'), /is an SVG/],
  ["an HTML page", Buffer.from("\n<!DOCTYPE html><p>404"), /is an HTML page/],
  ["a text", Buffer.from("no picture"), /is not a JPEG/],
  ["a PDF", Buffer.from("%PDF-1.7"), /is not a JPEG/],
  ["a TIFF", Buffer.from("II*\0\x08\0\0\0"), /is not a JPEG/],
  ["nothing", Buffer.alloc(0), /is empty/],
  ["a JPEG of which only the start is right", Buffer.from("\xff\xd8\xff<script>", "latin1"), /cannot be decoded/],
  ["an SVG that begins like a PNG", Buffer.from("\x89PNG\r\n\x1a\n<svg/>", "latin1"), /cannot be decoded/],
])("%s is refused with its reason", async (_, bytes, reason) => {
  expect(await reasonOf(bytes)).toMatch(reason);
});

test("half a photograph is refused", async () => {
  const photograph = await noise(400, 400).jpeg().toBuffer();
  expect(await reasonOf(photograph.subarray(0, photograph.length / 2))).toMatch(/cannot be decoded/);
});
