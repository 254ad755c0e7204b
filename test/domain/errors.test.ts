import { expect, test } from "vitest";
import { errorCode, errorMessage } from "../../src/domain/errors.ts";

test("an error's code is read; what has none, or is no error, has no code", () => {
  const withCode = Object.assign(new Error("not found"), { code: "ENOENT" });
  const withNumber = Object.assign(new Error("not found"), { code: 2 });
  expect([withCode, withNumber, new Error("ENOENT"), { code: "ENOENT" }, undefined].map(errorCode)).toEqual([
    "ENOENT",
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("an error has its message, anything else that was thrown its text", () => {
  expect(errorMessage(new TypeError("no port"))).toBe("no port");
  expect(errorMessage("no port")).toBe("no port");
});
