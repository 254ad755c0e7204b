import { expect, test } from "vitest";
import { reachBySecrets } from "../../src/networks/connect-networks.ts";
import { anAccount } from "../support/builders.ts";

const account = anAccount();

test("an account with a secret posts for real, one without to the sandbox, or nowhere without a sandbox", async () => {
  const sandbox = "http://127.0.0.1:1";
  const [found, missing] = [async () => true, async () => false];
  expect(await reachBySecrets({ hasSecret: found, sandbox }).reach(account)).toBe("real");
  expect(await reachBySecrets({ hasSecret: missing, sandbox }).reach(account)).toBe("sandbox");
  expect(await reachBySecrets({ hasSecret: missing }).reach(account)).toBe("none");
});
