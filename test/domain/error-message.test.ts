import { expect, test } from "vitest";
import { errorMessage } from "../../src/domain/errors.ts";

test("an error has its message, anything else that was thrown its text", () => {
  expect(errorMessage(new TypeError("no port"))).toBe("no port");
  expect(errorMessage("no port")).toBe("no port");
});
