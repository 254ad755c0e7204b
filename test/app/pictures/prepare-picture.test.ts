import { mkdtemp, rm } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { composePictures, hash } from "../../../src/compose.ts";
import { pictureFor, pictureState } from "../../../src/domain/picture.ts";
import { day, hour, minute, second } from "../../../src/domain/time.ts";
import { folderObjects } from "../../../src/objects/folder-objects.ts";
import { fetchPictureWith } from "../../../src/outside/connect-outside.ts";
import { prepare } from "../../../src/pictures/prepare.ts";
import { storedPictures } from "../../../src/pictures/stored-pictures.ts";
import { systemRuntime } from "../../../src/runtimes/system-runtime.ts";
import { aClient, aServer } from "../../outside/loopback.ts";
import { halves, makePng } from "../../pictures/files.ts";
import { start } from "../../support/builders.ts";

const card = { maxBytes: 1_000_000, maxSide: 2000 };

const aFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "crier-pictures-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

const aWorldWith = async (answer: RequestListener) => {
  const server = await aServer(answer);
  const pictureStore = storedPictures(folderObjects(await aFolder()), hash);
  let now = start;
  const pictures = () =>
    composePictures({
      pictureStore,
      fetchPicture: fetchPictureWith(aClient(), systemRuntime.deadline),
      scalePicture: prepare,
      clock: () => now,
    });
  return {
    server,
    pictures,
    pictureStore,
    turn: (milliseconds: number) => {
      now += milliseconds;
    },
    state: async (path = "/a") => pictureState(await pictures().prepare(server.url + path, [card]), card, now),
  };
};

const answering =
  (bytes: Uint8Array | string, headers = {}): RequestListener =>
  (_, response) =>
    void response.writeHead(200, headers).end(bytes);

describe("the picture of a post", () => {
  test("is fetched once, whoever asks for it, and its bytes are stored by their hash", async () => {
    const png = await halves(60, 30).png().toBuffer();
    const { server, pictures, pictureStore } = await aWorldWith(answering(png, { "content-type": "text/plain" }));
    const url = `${server.url}/a`;
    const both = pictures();
    const [first, second] = await Promise.all([both.prepare(url, [card]), both.prepare(url, [card])]);
    expect(await pictures().prepare(url, [card])).toEqual(first);
    expect(second).toEqual(first);
    expect(server.requests).toHaveLength(1);
    const picture = pictureFor(first, card);
    expect(picture).toMatchObject({ mediaType: "image/jpeg", width: 60, height: 30 });
    const bytes = picture && (await pictureStore.read(picture));
    expect([bytes?.length, bytes && hash(bytes)]).toEqual([picture?.size, picture?.hash]);
    expect(await pictures().find(url)).toEqual(first);
    expect(await pictures().find(`${server.url}/other`)).toBeUndefined();
  });

  test("is prepared for a network that comes later, and stays for the first one", async () => {
    const png = await halves(600, 300).png().toBuffer();
    const { server, pictures } = await aWorldWith(answering(png));
    await pictures().prepare(`${server.url}/a`, [card]);
    const small = { maxBytes: 100_000, maxSide: 100 };
    const both = await pictures().prepare(`${server.url}/a`, [card, small]);
    expect([pictureFor(both, card)?.width, pictureFor(both, small)?.width]).toEqual([600, 100]);
  });

  test("that is not there yet is asked for again, until two minutes are over", async () => {
    const { state, server, turn } = await aWorldWith((_, response) => void response.writeHead(404).end());
    const problem = expect.stringMatching(/^127\.0\.0\.1:\d+ answered 404$/);
    expect(await state()).toEqual({ kind: "wait", until: start + 10 * second, problem });
    expect(await state()).toMatchObject({ kind: "wait" });
    expect(server.requests).toHaveLength(1);
    turn(10 * second);
    expect(await state()).toEqual({ kind: "wait", until: start + 30 * second, problem });
    turn(2 * minute - 10 * second);
    expect(await state()).toEqual({ kind: "without", problem });
    // Another post has the same picture later.
    turn(hour);
    expect(await state()).toMatchObject({ kind: "wait" });
  });

  test("that a worker left behind is prepared by another one when its time is over", async () => {
    const png = await halves(60, 30).png().toBuffer();
    const { server, pictureStore, state, turn } = await aWorldWith(answering(png));
    const url = `${server.url}/a`;
    const claimed = { url, pictures: [], problem: undefined, isFinal: false, since: start, attempts: 1 };
    await pictureStore.save({ ...claimed, next: start + 45 * second }, undefined);
    expect(await state()).toEqual({ kind: "wait", until: start + 45 * second, problem: undefined });
    expect(server.requests).toEqual([]);
    turn(45 * second);
    expect(await state()).toMatchObject({ kind: "ready" });
  });

  const large: RequestListener = (_, response) => {
    response.writeHead(200, { "content-type": "image/png" });
    const write = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(1_000_000)));
    };
    response.on("drain", write);
    write();
  };
  test.each<[string, RequestListener, RegExp]>([
    ["a PNG of 40,000 × 40,000 pixels", answering(makePng(40_000, 40_000)), /more than 50 million pixels/],
    ["an SVG", answering("<svg xmlns='http://www.w3.org/2000/svg'/>", { "content-type": "image/svg+xml" }), /an SVG/],
    ["an HTML page", answering("<!doctype html>", { "content-type": "image/png" }), /an HTML page/],
    ["a file that says it has 100 MB", answering("", { "content-length": "100000000" }), /more than 20000000 bytes/],
    ["a file without an end", large, /more than 20000000 bytes/],
    [
      "a redirect to an address of the cloud's metadata",
      (_, response) => void response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data/" }).end(),
      /169\.254\.169\.254 resolves to an address that is not public/,
    ],
    [
      "a redirect to a file",
      (_, response) => void response.writeHead(302, { location: "file:///etc/passwd" }).end(),
      /not an http\(s\) URL/,
    ],
  ])("that is %s is given up at once, for a day", async (_, answer, problem) => {
    const { state, server, turn } = await aWorldWith(answer);
    expect(await state()).toEqual({ kind: "without", problem: expect.stringMatching(problem) });
    turn(hour);
    expect(await state()).toMatchObject({ kind: "without" });
    expect(server.requests).toHaveLength(1);
    turn(day);
    await state();
    expect(server.requests).toHaveLength(2);
  });

  test("whose bytes are damaged is not sent, and is whole when it was prepared again", async () => {
    const objects = folderObjects(await aFolder());
    const store = storedPictures(objects, hash);
    const bytes = await halves(60, 30).png().toBuffer();
    const scaled = { cap: card, bytes, mediaType: "image/png", width: 60, height: 30 } as const;
    const picture = await store.put(scaled);
    const key = `pictures/${picture.hash}.png`;
    const etag = (await objects.read(key))?.etag;
    await objects.put(key, bytes.subarray(0, 40), { contentType: "image/png", over: etag });
    expect(await store.read(picture)).toBeUndefined();
    await store.put(scaled);
    const healed = await store.read(picture);
    expect(healed && hash(healed)).toBe(picture.hash);
  });

  test("whose record is damaged is prepared again", async () => {
    const objects = folderObjects(await aFolder());
    const url = "https://blog.example.com/a.png";
    await objects.put(`pictures/${hash(url)}.json`, Buffer.from("{"), { contentType: "", over: undefined });
    const { record, etag } = await storedPictures(objects, hash).find(url);
    expect(record).toBeUndefined();
    expect(etag).toBeDefined();
  });
});
