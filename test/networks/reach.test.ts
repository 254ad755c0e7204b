import { expect, test } from "vitest";
import { destinationBySecrets } from "../../src/networks/connect-networks.ts";
import { anAccount } from "../support/builders.ts";

const account = anAccount();

test("an account with a secret posts for real, one without to the sandbox, or nowhere without a sandbox", async () => {
  const sandbox = "http://127.0.0.1:1";
  const [found, missing] = [async () => true, async () => false];
  expect(await destinationBySecrets({ hasSecret: found, sandbox }).destination(account)).toBe("real");
  expect(await destinationBySecrets({ hasSecret: missing, sandbox }).destination(account)).toBe("sandbox");
  expect(await destinationBySecrets({ hasSecret: missing }).destination(account)).toBe("none");
});
