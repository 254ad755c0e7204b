import { expect, test } from "vitest";
import { minute } from "../../src/domain/time.ts";
import { reachBySecrets } from "../../src/networks/reach.ts";
import { anAccount } from "../support/builders.ts";

const account = anAccount();

test("an account with a secret is real, one without is in the sandbox, or nowhere where there is none", async () => {
  const clock = () => 0;
  expect(await reachBySecrets({ secrets: async () => ({ accessToken: "t" }), clock }).reach(account)).toBe("real");
  const without = { secrets: async () => undefined, clock };
  expect(await reachBySecrets({ ...without, sandbox: () => "http://127.0.0.1:1" }).reach(account)).toBe("sandbox");
  expect(await reachBySecrets(without).reach(account)).toBe("none");
});

test("a secret is asked for once a minute, and again at once where it could not be read", async () => {
  let now = 0;
  let asked = 0;
  const { reach } = reachBySecrets({
    secrets: async () => {
      asked += 1;
      if (asked === 1) throw new Error("throttled");
      return { accessToken: "t" };
    },
    clock: () => now,
  });
  await expect(reach(account)).rejects.toThrow("throttled");
  expect([await reach(account), await reach(account), asked]).toEqual(["real", "real", 2]);
  now = minute;
  expect([await reach(account), asked]).toEqual(["real", 3]);
});
