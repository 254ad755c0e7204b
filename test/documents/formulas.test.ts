import { describe, expect, it } from "vitest";
import { readFormula } from "../../src/documents/formulas.ts";
import { aDocument, contentOf } from "./sample-documents.ts";

const joined = (text: string) => text.replaceAll(" ", "\u00A0");

describe("a formula in TeX is read in a text", () => {
  it.each([
    ["x^2 + y^2 = z^2", "x² + y² = z²"],
    ["\\frac{a}{b}", "a/b"],
    ["\\frac{a+b}{2n}", "(a+b)/(2n)"],
    ["\\dfrac 1 2", "1/2"],
    ["\\sum_{i=1}^n x_i^2", "∑ᵢ₌₁ⁿ xᵢ²"],
    ["\\sqrt{x+1} \\cdot \\sqrt 2", "√(x+1) · √2"],
    ["e^{i\\pi} \\le x^{a+\\beta}", "e^(iπ) ≤ x^(a+β)"],
    ["O(n\\log n)", "O(n log n)"],
    ["\\log_2 n", "log₂ n"],
    ["f'(x) \\in \\mathbb{R}^n", "f′(x) ∈ ℝⁿ"],
    ["\\text{if }x > 0", "if x > 0"],
    ["\\left( \\frac{1}{2} \\right)", "(1/2)"],
    ["90^\\circ, 10^{-3}, 5\\,\\mathrm{km}, 100\\%", "90°, 10⁻³, 5 km, 100%"],
    ["\\{1, 2\\} \\setminus A", "{1, 2} ∖ A"],
  ])("%s", (tex, text) => {
    expect(readFormula(tex)).toBe(joined(text));
  });

  it.each([
    ["a matrix", "\\begin{matrix}a & b\\end{matrix}"],
    ["several lines", "a \\\\ b"],
    ["a command of a package", "\\unknown{x}"],
    ["an open group", "{a"],
    ["an exponent that is missing", "x^"],
    ["a root of another degree", "\\sqrt[3]{x}"],
    ["nothing", " "],
    ["a long formula", "x + ".repeat(60)],
    ["very many open groups", "{".repeat(190)],
    ["very many exponents", "^".repeat(190)],
  ])("not where it has %s", (_, tex) => {
    expect(readFormula(tex)).toBeUndefined();
  });
});

describe("a summary of the body", () => {
  const summary = (body: string) => contentOf(aDocument("", body)).summary;

  it("has the plain reading of its formulas, and an ellipsis for one that a text cannot show", () => {
    expect(summary("The norm $\\ell_1$ is used, and $$\\begin{pmatrix}a & b\\end{pmatrix}$$ is not.")).toBe(
      "The norm ℓ₁ is used, and … is not.",
    );
  });

  it("keeps the source of a regular expression between escaped brackets, and words between dollars", () => {
    expect(summary("Escape \\(\\b\\d+\\) in sed, and make $$ and save $$ today.")).toBe(
      "Escape \\(\\b\\d+\\) in sed, and make $$ and save $$ today.",
    );
    expect(summary("The set $\\R$ has $\\begin{pmatrix}\\R & b\\end{pmatrix}$ in it.")).toBe(
      "The set \\(\\R\\) has … in it.",
    );
  });

  it("is the text after a formula that stands alone, or empty", () => {
    expect(summary("$$\n\\begin{pmatrix}a & b\\end{pmatrix}\n$$\n\nThis is a matrix.")).toBe("This is a matrix.");
    expect(summary("$$\n\\begin{pmatrix}a & b\\end{pmatrix}\n$$")).toBe("");
  });

  it("keeps a formula whole where it is cut", () => {
    const long = `${"word ".repeat(55)}so that $x^2 + y^2 = z^2 + a^2 + b^2$ ${"word ".repeat(20)}`;
    expect(summary(long)).toMatch(/(?:word|so|that)…$/);
  });
});
