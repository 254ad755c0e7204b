import { createServer, type RequestListener } from "node:http";
import { expect, onTestFinished, test, vi } from "vitest";
import { aFolderWith, clear, eventually, startIn } from "../../support/machine.ts";

const token = "a-token-that-nobody-may-see";

const serve = async (listener: RequestListener) => {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    end: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

/** A server of Mastodon's API that answers a login with a status, or never. */
const aServer = (status: number | "never") =>
  serve((_, response) => {
    if (status !== "never")
      response
        .writeHead(status, { "Content-Type": "application/json" })
        .end(JSON.stringify(status === 200 ? { id: "7" } : { error: `The access token ${token} is invalid` }));
  });

const started = async (status: number | "never") => {
  const { url: server, end } = await aServer(status);
  const folder = await aFolderWith([{ name: "mastodon", network: "mastodon", server }]);
  const machine = await startIn(folder, { env: { CRIER_MASTODON_ACCESS_TOKEN: token } });
  onTestFinished(async () => {
    // This is first, because a stop waits for the work that is in progress.
    end();
    await clear(machine);
  });
  return { server, machine, log: () => Promise.resolve(machine.printed.join("\n")) };
};

test("the start says as whom an account with credentials posts", async () => {
  const { server, log } = await started(200);
  await eventually(log).toContain(`mastodon posts for real, as ${server}, account 7`);
});

test("the start says that credentials are refused, with the next step and without the secret", async () => {
  const { log } = await started(401);
  await eventually(log).toMatch(/!! login: the login of mastodon is refused \(.*401.*\): set new credentials in \.env/);
  expect(await log()).not.toContain(token);
});

test("a network that never answers keeps nobody waiting", async () => {
  const { machine } = await started("never");
  expect(machine.printed.at(-1)).toMatch(/^ready on /);
});

test("a stop waits for the renewal of a login that was given up: the next start has its session", async () => {
  const asked: string[] = [];
  const answer = Promise.withResolvers<void>();
  const { url: server, end } = await serve(async ({ url = "" }, response) => {
    const method = url.split(".").at(-1) ?? "";
    asked.push(method);
    await answer.promise;
    const session = { did: "did:web:me", handle: "me.example" };
    response.setHeader("Content-Type", "application/json");
    response.end(
      JSON.stringify(method === "createSession" ? { ...session, accessJwt: "a", refreshJwt: "r" } : session),
    );
  });
  const folder = await aFolderWith([{ name: "bluesky", network: "bluesky", server }]);
  const env = { CRIER_BLUESKY_IDENTIFIER: "me.example", CRIER_BLUESKY_APP_PASSWORD: "abcd-efgh" };
  const check = new AbortController();
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  vi.spyOn(AbortSignal, "timeout").mockImplementation((time) => (time === 5000 ? check.signal : timeout(time)));
  onTestFinished(() => void vi.restoreAllMocks());

  const machine = await startIn(folder, { env });
  await eventually(async () => asked).toEqual(["createSession"]);
  check.abort();
  await eventually(async () => machine.printed.join("\n")).toContain("no time was left to wait for the renewal");
  let isStopped = false;
  const stopped = machine.stop().then(() => {
    isStopped = true;
  });
  // One that waits for nothing takes as long as this one would without the renewal.
  await clear(await startIn(await aFolderWith([])));
  expect(isStopped).toBe(false);
  answer.resolve();
  await stopped;

  vi.restoreAllMocks();
  const next = await startIn(folder, { env });
  onTestFinished(async () => {
    end();
    await clear(next);
  });
  await eventually(async () => next.printed.join("\n")).toContain("bluesky posts for real, as @me.example");
  expect(asked).toEqual(["createSession", "getSession"]);
});
