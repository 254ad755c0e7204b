import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { repairText } from "../../src/domain/text-repair.ts";

const windows1252 = new TextDecoder("windows-1252");
const garble = (text: string): string => windows1252.decode(new TextEncoder().encode(text));

describe("text that was read in the wrong encoding", () => {
  it.each([
    "–",
    "— so",
    "“quoted”",
    "it’s",
    "🔑 key",
    "✅ done",
    "⚡",
    "🎨",
    "📷",
    "café au lait",
    "naïve",
    "für",
    "à la carte",
    "zobaczył",
    "łaska",
    "Привет",
    "日本語のテキスト",
    "Ärger",
    "« texte »",
  ])("is repaired: %s", (text) => {
    expect(repairText(garble(text))).toBe(text);
  });

  it("is repaired where it was misread twice", () => {
    expect(repairText(garble(garble("a – b")))).toBe("a – b");
  });

  it("is repaired run by run", () => {
    expect(repairText(`Café ${garble("–")} naïve ${garble("🔑")}`)).toBe("Café – naïve 🔑");
  });

  it.each([
    "Cafés, Ã alone, and “quotes” – all honest",
    "SÃO PAULO, AÇÃO, MANHÃ”",
    "NÃO É À TOA",
    "Tiếng Việt: Đường, ĂÂ, Ãi",
    "« passé » et « café… »",
    "“CAFÉ” — É… CAFÉ® CAFÉ—mais",
    "MÔŽE BYŤ, VÝŠE, NÍŽE",
    "hâlâ…” dedi",
    "PÅ… Ö”",
    "日本語 🔑 – Привет",
    "passé\u00A0» et «\u00A0café\u00A0»",
  ])("is not found in %s", (text) => {
    expect(repairText(text)).toBe(text);
  });

  it("is not repaired where the result would have control characters", () => {
    expect(repairText("a\u00C2\u0085b")).toBe("a\u00C2\u0085b");
  });

  it("is never found in ASCII", () => {
    fc.assert(fc.property(fc.string(), (text) => repairText(text) === text || /[\u0080-\uFFFF]/.test(text)));
  });
});
