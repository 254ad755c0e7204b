import { expect, onTestFinished, test } from "vitest";
import { networks } from "../../src/networks/index.ts";
import { aContent } from "../support/builders.ts";
import { aConfiguredAccount, connectionOf, nthKey } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { startSandbox } from "../support/sandbox-server.ts";
import { aSnippet } from "../support/snippets.ts";

const image = { url: "https://blog.example.com/press.jpg", alt: "A hand press" };

const given = networks.flatMap((network) => {
  const account = aConfiguredAccount({ name: network.name, network: network.name });
  const { request } = network.compose(aSnippet({ image, content: aContent({ image }) }), account);
  return JSON.stringify(request).includes(image.url) ? [{ network, account, request }] : [];
});

test("some networks are given the address of a picture", () => {
  expect(given.length).toBeGreaterThan(2);
});

test.each(given)("the page shows the picture whose address $network.name was given", async ({ network, ...given }) => {
  const { account, request } = given;
  const sandbox = await startSandbox([account], Date.now);
  onTestFinished(() => sandbox.close());
  const secret = network.sandboxCredentials(account);
  const connection = connectionOf(network.connect({ account, secret, sandbox: sandbox.url, fetch, clock: Date.now }));
  await connection.send(request, nthKey(network, 1), noDeadline());
  const page = await (await fetch(`${sandbox.url}/sandbox`)).text();
  expect(page.match(/<img [^>]*>/g)).toEqual([expect.stringContaining(`src="${image.url}"`)]);
});
