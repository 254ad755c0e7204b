import type { LookupAddress } from "node:dns";
import { expect, test } from "vitest";
import { guardedLookup, type Resolve, resolveBySystem } from "../../src/outside/lookup.ts";

const resolve: Resolve = async () => [
  { address: "10.0.0.1", family: 4 },
  { address: "192.0.2.1", family: 4 },
  { address: "192.0.2.2", family: 4 },
];

const asked = (options: { readonly all: boolean }, found = resolve) =>
  new Promise<string | readonly LookupAddress[]>((answer, fail) => {
    const lookup = guardedLookup(found, (address) => address.startsWith("192."));
    lookup("blog.example", options, (error, address) => (error === null ? answer(address) : fail(error)));
  });

test("a connection that tries several addresses is given the allowed ones", async () => {
  expect(await asked({ all: true })).toEqual([
    { address: "192.0.2.1", family: 4 },
    { address: "192.0.2.2", family: 4 },
  ]);
});

test("a connection that tries one address is given the first allowed one", async () => {
  expect(await asked({ all: false })).toBe("192.0.2.1");
});

test("a host without any address is refused", async () => {
  await expect(asked({ all: true }, async () => [])).rejects.toMatchObject({ code: "refused-address" });
});

test("several that ask for one host at the same time share one lookup, and who comes later has a new one", async () => {
  const first = resolveBySystem("localhost");
  expect(resolveBySystem("localhost")).toBe(first);
  expect((await first).length).toBeGreaterThan(0);
  expect(resolveBySystem("localhost")).not.toBe(first);
});
