import { expect, test } from "vitest";
import { day, minute } from "../../src/domain/time.ts";
import { fetchJsonWith } from "../../src/networks/http.ts";
import { mastodonLimit } from "../../src/networks/mastodon.ts";
import { start } from "../support/builders.ts";
import { noDeadline } from "../support/no-deadline.ts";

const saying = (max_characters: number) => Response.json({ configuration: { statuses: { max_characters } } });

test("a server is asked how long a text it takes once a day, and after a minute where it did not say it", async () => {
  const answers: (Response | Error)[] = [
    saying(1000),
    new Error("no route"),
    new Response("", { status: 503 }),
    saying(2000),
    saying(3000),
  ];
  let now = start;
  let asked = 0;
  const fetchJson = fetchJsonWith(
    async () => {
      const answer = answers[asked];
      asked += 1;
      if (answer instanceof Response) return answer;
      throw answer;
    },
    () => now,
  );
  const limitOf = mastodonLimit({
    call: (path, request) => fetchJson(`https://m.example/api/${path}`, request),
    clock: () => now,
  });
  const after = async (time: number) => {
    now += time;
    return [await limitOf(noDeadline()), asked];
  };
  expect(await after(0)).toEqual([1000, 1]);
  expect(await after(day - 1)).toEqual([1000, 1]);
  expect(await after(1)).toEqual([undefined, 2]);
  expect(await after(minute)).toEqual([undefined, 3]);
  expect(await after(minute)).toEqual([2000, 4]);
  expect(await after(minute)).toEqual([2000, 4]);
});
