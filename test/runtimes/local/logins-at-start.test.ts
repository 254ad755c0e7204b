import { createServer } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { aFolderWith, clear, eventually, startIn } from "../../support/machine.ts";

const token = "a-token-that-nobody-may-see";

/** A server of Mastodon's API that answers a login with a status, or never. */
const aServer = async (status: number | "never") => {
  const server = createServer((_, response) => {
    if (status !== "never")
      response
        .writeHead(status, { "Content-Type": "application/json" })
        .end(JSON.stringify(status === 200 ? { id: "7" } : { error: `The access token ${token} is invalid` }));
  }).listen(0, "127.0.0.1");
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
