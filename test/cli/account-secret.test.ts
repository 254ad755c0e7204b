import { expect, test } from "vitest";
import * as z from "zod";
import { readCredentials } from "../../src/cli/configured-secrets.ts";
import { linkedin } from "../../src/networks/linkedin.ts";
import { mastodon } from "../../src/networks/mastodon.ts";
import { piped, typed } from "../support/terminal.ts";

/** A network whose secret has an optional field. */
const network = {
  ...mastodon,
  credentials: z.object({ accessToken: z.string().min(1), refreshToken: z.string().min(1).optional() }),
};
const quiet = () => undefined;

test("an optional field is marked as such, and Enter skips it", async () => {
  let asked = "";
  const err = (text: string) => {
    asked += text;
  };
  expect(await readCredentials(network, { input: typed("t\r\r").keyboard, err })).toEqual({ accessToken: "t" });
  expect(asked).toBe("accessToken: \nrefreshToken (optional; Enter skips it): \n");
});

test("the day on which a login ends is asked for with its meaning and an example", async () => {
  let asked = "";
  const err = (text: string) => {
    asked += text;
  };
  await readCredentials(linkedin, { input: typed("t\r\r").keyboard, err });
  expect(asked).toContain(
    "expiresAt (the day on which the login ends, such as 2027-01-29; optional; Enter skips it): ",
  );
});

test("an optional field is taken if it is given", async () => {
  const given = { accessToken: "t", refreshToken: "r" };
  expect(await readCredentials(network, { input: piped(JSON.stringify(given)), err: quiet })).toEqual(given);
});

test("an optional field is not reported as missing", async () => {
  await expect(readCredentials(network, { input: piped("{}"), err: quiet })).rejects.toThrow(
    "the secret lacks accessToken: the fields of mastodon are accessToken, refreshToken",
  );
});
