import { describe, expect, it } from "vitest";
import { shorten } from "../../src/domain/shorten.ts";

const shortened = (text: string) => shorten({ text, isCut: false }, (part) => part.length <= 50);

describe("a text that is too long", () => {
  it("is cut before a name that does not fit as a whole", () => {
    expect(shortened("How org.springframework.boot.autoconfigure.web.servlet works")).toBe("How…");
  });

  it("is cut within a name with which it begins", () => {
    expect(shortened("org.springframework.boot.autoconfigure.web.servlet.WebMvcAutoConfiguration explained")).toBe(
      "org.springframework.boot.autoconfigure.web.servle…",
    );
  });

  it("is empty where it begins with an address that does not fit", () => {
    expect(shortened(`https://a.example/${"path/".repeat(20)} explained`)).toBe("");
  });
});
