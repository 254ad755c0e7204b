import { expect, onTestFinished, test } from "vitest";
import { composeApp } from "../../src/compose.ts";
import { minute } from "../../src/domain/time.ts";
import { connectNetworks } from "../../src/networks/connect-networks.ts";
import { guardedFetch } from "../../src/outside/network-fetch.ts";
import { isLive } from "../../src/sandbox/timeline.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { startSandbox } from "../support/sandbox-server.ts";
import { aDocument, aWorld } from "../support/world.ts";

const name = "site";
const page = () => new Response("<p>Hello</p>", { headers: { "content-type": "text/html" } });
const said = (status: number) => Response.json({ error: "server_error" }, { status });

type Serve = () => Promise<Response>;

/** What may become of a request. */
const fates: Readonly<Record<string, (serve: Serve) => Promise<Response>>> = {
  "is refused": async () => said(429),
  "is not applied, and answered with an error": async () => said(503),
  "is applied, and answered with an error": async (serve) => {
    await serve();
    return said(500);
  },
  "is applied, and its answer is a page": async (serve) => {
    await serve();
    return page();
  },
  "does not arrive, and its answer is a page": async () => page(),
};

/** A note with a picture, an edit that takes the picture away and so moves the copy, and a deletion. */
const live = async (fault: number, fate: (serve: Serve) => Promise<Response> = (serve) => serve()) => {
  let requests = 0;
  const account = aConfiguredAccount({ name, network: "micropub" });
  const sandbox = await startSandbox([account], undefined, undefined, (request, serve) => {
    requests += 1;
    return requests === fault ? fate(() => serve(request)) : serve(request);
  });
  onTestFinished(sandbox.close);
  const endpoint = `${sandbox.url}/sandbox/api/micropub/${name}/micropub`;
  const world = await aWorld({ accounts: [{ ...account, settings: { ...account.settings, endpoint } }] });
  const networks = connectNetworks({
    secrets: async () => ({ accessToken: `sandbox-${name}` }),
    fetch: guardedFetch(),
    clock: world.clock,
  });
  const app = composeApp({ ...world.parts(), networks });
  const rest = async () => {
    for (let round = 0; round < 25; round += 1) {
      for (const ref of await world.store.due.before(world.clock(), 100)) await app.work(ref);
      world.turn(5 * minute);
    }
  };
  const write = async (body: string) => {
    await world.plan("s", aDocument({ slug: "s", title: undefined }, body));
    await app.work(await world.postRef("s"));
    await rest();
    const [delivery] = await world.deliveries("s");
    const copies = sandbox.posts(name).filter(isLive);
    return {
      copies: copies.map(({ text }) => text),
      says: delivery?.state,
      isNamed: copies.map(({ url }) => url).join() === (await world.post("s")).syndication.join(),
      isAt: copies.map(({ url }) => new URL(url).pathname.split("/")[1]),
    };
  };
  const made = await write("Two presses. ![A press](https://blog.example.com/a.jpg)");
  const moved = await write("Two presses, again.");
  await world.app.remove("s");
  await rest();
  const left = sandbox.posts(name).filter(isLive).length;
  return { requests, made, moved, left, says: (await world.deliveries("s"))[0]?.state };
};

const whole = {
  made: { copies: ["Two presses."], says: "posted", isNamed: true, isAt: ["photos"] },
  moved: { copies: ["Two presses, again."], says: "posted", isNamed: true, isAt: ["notes"] },
  left: 0,
  says: "deleted",
};

test.each(Object.entries(fates))(
  "a note is on the site once, edited, moved and deleted, where any one of its requests %s",
  async (_, fate) => {
    const { requests, ...plain } = await live(0);
    expect(plain).toEqual(whole);
    for (let fault = 1; fault <= requests; fault += 1)
      expect({ fault, ...(await live(fault, fate)) }).toEqual({ fault, requests: expect.any(Number), ...whole });
  },
);
