import { describe, expect, test } from "vitest";
import { prepareRequested } from "../../../src/app/pictures/prepare-picture.ts";
import { composeRequestedPictures, hash } from "../../../src/compose.ts";
import { pictureState } from "../../../src/domain/picture.ts";
import { minute, second } from "../../../src/domain/time.ts";
import { prepare } from "../../../src/pictures/prepare.ts";
import { storedPictures } from "../../../src/pictures/stored-pictures.ts";
import type { FetchedPicture, PictureJob } from "../../../src/ports/pictures.ts";
import { halves } from "../../pictures/files.ts";
import { start } from "../../support/builders.ts";
import { keptLog } from "../../support/kept-log.ts";
import { objectsInMemory } from "../../support/objects-in-memory.ts";

const card = { maxBytes: 1_000_000, maxSide: 2000 };
const url = "https://blog.example.com/a.png";
const file: FetchedPicture = { kind: "fetched", bytes: await halves(60, 30).png().toBuffer() };
const missing: FetchedPicture = { kind: "failed", reason: "blog.example.com answered 404" };

/** Makes two functions: one requests pictures, and the other prepares them when the test says so. */
const aPair = () => {
  const pictureStore = storedPictures(objectsInMemory(), hash);
  const jobs: PictureJob[] = [];
  const fetched: string[] = [];
  const now = { value: start };
  const state: { fails: boolean; answer: FetchedPicture } = { fails: false, answer: file };
  const clock = () => now.value;
  const { log, lines } = keptLog();
  const pictures = composeRequestedPictures({
    pictureStore,
    clock,
    log,
    request: async (job) => {
      if (state.fails) throw new Error("ResourceNotFoundException");
      jobs.push(job);
    },
  });
  const fetchPicture = async (one: string) => {
    fetched.push(one);
    return state.answer;
  };
  return {
    jobs,
    fetched,
    lines,
    state,
    pictureStore,
    ask: async () => pictureState(await pictures.prepare(url, [card]), card, now.value),
    find: () => pictures.find(url),
    run: async (job: PictureJob | undefined) => {
      if (job === undefined) throw new Error("no job was asked for");
      await prepareRequested(job, { pictureStore, clock, fetchPicture, scalePicture: prepare });
    },
    turn: (milliseconds: number) => {
      now.value += milliseconds;
    },
  };
};

describe("a picture that another function prepares", () => {
  test("is asked for once, whoever waits for it, and looked for after three seconds", async () => {
    const { ask, jobs, run, turn } = aPair();
    const waiting = { kind: "wait", until: start + 3 * second, problem: undefined };
    expect([await ask(), await ask()]).toEqual([waiting, waiting]);
    expect(jobs).toHaveLength(1);
    await run(jobs[0]);
    turn(3 * second);
    expect(await ask()).toMatchObject({ kind: "ready", picture: { width: 60, height: 30 } });
    expect(jobs).toHaveLength(1);
  });

  test("is fetched once, though Lambda may hand on a request twice", async () => {
    const { ask, jobs, run, fetched, find } = aPair();
    await ask();
    await run(jobs[0]);
    const done = await find();
    await run(jobs[0]);
    expect(fetched).toEqual([url]);
    expect(await find()).toEqual(done);
  });

  test("that nobody prepares is asked for again, more and more rarely, and given up after two minutes", async () => {
    const { ask, jobs, turn } = aPair();
    const looks: number[] = [];
    let passed = 0;
    for (let state = await ask(); state.kind === "wait"; state = await ask()) {
      looks.push(passed / second);
      turn(state.until - start - passed);
      passed = state.until - start;
    }
    expect(looks[0]).toBe(0);
    expect(looks.length).toBeLessThanOrEqual(12);
    expect(passed).toBe(2 * minute);
    expect(await ask()).toEqual({ kind: "without", problem: "it was not ready in time" });
    // Work that was claimed by a function that has ended is free after 45 seconds.
    expect(jobs.length).toBeGreaterThan(1);
    expect(jobs.length).toBeLessThanOrEqual(3);
  });

  test("that is not there yet is fetched again when its pause is over, and its reason is known", async () => {
    const { ask, jobs, run, turn, state } = aPair();
    state.answer = missing;
    await ask();
    await run(jobs[0]);
    turn(3 * second);
    expect(await ask()).toMatchObject({ kind: "wait", problem: "blog.example.com answered 404" });
    expect(jobs).toHaveLength(1);
    turn(7 * second);
    state.answer = file;
    await ask();
    expect(jobs).toHaveLength(2);
    await run(jobs[1]);
    expect(await ask()).toMatchObject({ kind: "ready" });
  });

  test("holds no post up where it cannot be asked for: the log says why", async () => {
    const { ask, state, lines } = aPair();
    state.fails = true;
    expect(await ask()).toEqual({ kind: "without", problem: "it cannot be prepared now" });
    expect(lines).toMatchObject([
      {
        level: "warn",
        message: `The picture ${url} cannot be prepared`,
        fields: { reason: "ResourceNotFoundException" },
      },
    ]);
  });

  test("is not prepared where another worker has claimed it meanwhile", async () => {
    const { ask, jobs, run, fetched, turn } = aPair();
    await ask();
    turn(45 * second);
    await ask();
    expect(jobs).toHaveLength(2);
    await run(jobs[0]);
    expect(fetched).toEqual([]);
    await run(jobs[1]);
    expect(fetched).toEqual([url]);
  });
});
