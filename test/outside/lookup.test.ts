import type { LookupAddress } from "node:dns";
import { expect, test } from "vitest";
import { guardedLookup, type Resolve, resolveBySystem } from "../../src/outside/guarded-client.ts";

const resolve: Resolve = async () => [
  { address: "10.0.0.1", family: 4 },
  { address: "192.0.2.1", family: 4 },
  { address: "192.0.2.2", family: 4 },
];

const lookUp = (options: { readonly all: boolean }, resolveHost = resolve) =>
  new Promise<string | readonly LookupAddress[]>((resolvePromise, reject) => {
    const lookup = guardedLookup(resolveHost, (address) => address.startsWith("192."));
    lookup("blog.example", options, (error, address) => (error === null ? resolvePromise(address) : reject(error)));
  });

test("a connection that tries several addresses gets the allowed ones", async () => {
  expect(await lookUp({ all: true })).toEqual([
    { address: "192.0.2.1", family: 4 },
    { address: "192.0.2.2", family: 4 },
  ]);
});

test("a connection that tries one address gets the first allowed one", async () => {
  expect(await lookUp({ all: false })).toBe("192.0.2.1");
});

test("a host without any address is refused", async () => {
  await expect(lookUp({ all: true }, async () => [])).rejects.toMatchObject({ code: "refused-address" });
});

test("lookups of one host at the same time are one lookup, and a later lookup is a new one", async () => {
  const first = resolveBySystem("localhost");
  expect(resolveBySystem("localhost")).toBe(first);
  expect((await first).length).toBeGreaterThan(0);
  expect(resolveBySystem("localhost")).not.toBe(first);
});
