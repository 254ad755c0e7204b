import { type AST, RegExpParser } from "@eslint-community/regexpp";
import type { OwnPattern } from "./own-patterns.ts";

/** Text that is long by repetition: `start`, and then `unit` as often as it fits. */
export interface Pump {
  readonly start: string;
  readonly unit: string;
  readonly end: string;
}

export const pumped = ({ start, unit, end }: Pump, length: number): string =>
  start + unit.repeat(Math.max(1, Math.floor((length - start.length - end.length) / unit.length))) + end;

const parser = new RegExpParser({ ecmaVersion: 2025 });

const someOf = "a A1 <>\"'{}[]()*_`~|!?.,:;/\\-+=&#@%$^\n\té日👇";

const characterIn = (
  node: AST.CharacterClass | AST.CharacterSet | AST.ExpressionCharacterClass,
  flags: string,
): string => {
  const pattern = new RegExp(`^${node.raw}$`, flags.replace(/[gy]/g, ""));
  return [...someOf].find((character) => pattern.test(character)) ?? "";
};

/** A short text that the part of a pattern matches, or nearly so: assertions are not regarded. */
const sample = (node: AST.Element | AST.Alternative | AST.QuantifiableElement, flags: string): string => {
  switch (node.type) {
    case "Alternative":
      return node.elements.map((element) => sample(element, flags)).join("");
    case "Group":
    case "CapturingGroup":
      return node.alternatives[0] === undefined ? "" : sample(node.alternatives[0], flags);
    case "Character":
      return String.fromCodePoint(node.value);
    case "CharacterClass":
    case "CharacterSet":
    case "ExpressionCharacterClass":
      return characterIn(node, flags);
    case "Quantifier":
      return sample(node.element, flags).repeat(Math.min(3, Math.max(node.min, Math.min(1, node.max))));
    default:
      return "";
  }
};

const alternativesIn = (node: AST.Node): readonly AST.Alternative[] => {
  switch (node.type) {
    case "Pattern":
    case "Group":
    case "CapturingGroup":
    case "Assertion":
      return "alternatives" in node ? node.alternatives.flatMap((one) => [one, ...alternativesIn(one)]) : [];
    case "Alternative":
      return node.elements.flatMap(alternativesIn);
    case "Quantifier":
      return alternativesIn(node.element);
    default:
      return [];
  }
};

const ends = ["", "\u0000"];

/** Each beginning of what the pattern matches, repeated; and each part of it that may be repeated, behind its beginning. */
export const makePumps = ({ source, flags }: Pick<OwnPattern, "source" | "flags">): readonly Pump[] => {
  const mode = { unicode: flags.includes("u"), unicodeSets: flags.includes("v") };
  const pattern = parser.parsePattern(source, 0, source.length, mode);
  const pumps = alternativesIn(pattern).flatMap(({ elements }) =>
    elements.flatMap((element, at) => {
      const before = elements
        .slice(0, at)
        .map((one) => sample(one, flags))
        .join("");
      const unit = sample(element, flags);
      const repeated = [{ start: "", unit: before + unit }];
      return element.type === "Quantifier" && element.max > 100
        ? [...repeated, { start: before, unit }, { start: "", unit }]
        : repeated;
    }),
  );
  const useful = pumps.filter(({ unit }) => unit !== "").flatMap((pump) => ends.map((end) => ({ ...pump, end })));
  return [...new Map(useful.map((pump) => [JSON.stringify(pump), pump])).values()];
};
