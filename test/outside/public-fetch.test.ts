import { expect, test } from "vitest";
import { getNetwork } from "../../src/networks/connect-networks.ts";
import { fetchWithRelays, publicFetch } from "../../src/outside/relay-fetch.ts";
import { aConfiguredAccount, connectionOf } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";

/** A fetch that answers everything, behind names that lead where a test says. */
const aFetch = (addresses: readonly string[] | Error) => {
  const asked: string[] = [];
  const fetch = fetchWithRelays({
    deadline: AbortSignal.timeout,
    fetch: async (url) => {
      asked.push(url);
      return Response.json({ id: "1" });
    },
    resolve: async () => {
      if (addresses instanceof Error) throw addresses;
      return addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    },
  });
  return { fetch, asked };
};

const refusal = { code: "refused-address", message: expect.stringContaining("not public") };

test.each([
  ["private", ["10.0.0.1"]],
  ["of this machine", ["127.0.0.1"]],
  ["of a cloud's metadata", ["169.254.169.254"]],
  ["private, beside a public one", ["203.0.114.1", "192.168.1.1"]],
  ["private by IPv6", ["fd00::1"]],
])("a server whose name leads to an address that is %s is not asked", async (_, addresses) => {
  const { fetch, asked } = aFetch(addresses);
  await expect(fetch("https://social.example/api", {})).rejects.toMatchObject(refusal);
  expect(asked).toEqual([]);
});

test.each(["https://10.0.0.1/", "https://[::1]/", "https://2130706433/"])("%s is not asked", async (url) => {
  const { fetch, asked } = aFetch(["203.0.114.1"]);
  await expect(fetch(url, {})).rejects.toMatchObject(refusal);
  expect(asked).toEqual([]);
});

test("a server at public addresses is asked, and so is this machine without encryption, where the sandbox is", async () => {
  const { fetch, asked } = aFetch(["203.0.114.1", "2606:4700::1"]);
  await fetch("https://social.example/", {});
  await fetch("http://127.0.0.1:4000/sandbox/api", {});
  expect(asked).toEqual(["https://social.example/", "http://127.0.0.1:4000/sandbox/api"]);
});

test("a name without an address is left to the request, and a lookup that hangs ends with it", async () => {
  const { fetch, asked } = aFetch(new Error("ENOTFOUND"));
  await fetch("https://nowhere.example/", {});
  expect(asked).toEqual(["https://nowhere.example/"]);
  const hanging = publicFetch({ fetch: async () => Response.json({}), resolve: () => new Promise(() => undefined) });
  const signal = AbortSignal.abort(new DOMException("timeout", "TimeoutError"));
  await expect(hanging("https://social.example/", { signal })).rejects.toMatchObject({ name: "TimeoutError" });
});

test("an account on such a server is refused when it connects, and nothing is sent", async () => {
  const { fetch, asked } = aFetch(["192.168.1.1"]);
  const account = aConfiguredAccount({
    name: "me",
    network: "mastodon",
    settings: { server: "https://social.example" },
  });
  const login = { account, secret: { accessToken: "t" }, fetch, clock: Date.now };
  const connection = connectionOf(getNetwork("mastodon").connect(login));
  const refused = {
    kind: "unavailable",
    reason: "social.example has an address that is not public: Crier sends no requests there",
  };
  expect(await connection.whoAmI(noDeadline())).toEqual(refused);
  expect(await connection.send({ status: "Words" }, "key", noDeadline())).toEqual(refused);
  expect(asked).toEqual([]);
});
