import { hasVisibleText } from "../domain/text.ts";
import { escapeHtml, textOfHtml } from "../markdown/sanitise.ts";

/** The sign that each of these commands of TeX shows. */
const signs = new Map(
  `alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ mu μ nu ν xi ξ pi π rho ρ sigma σ tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Phi Φ Psi Ψ Omega Ω times × cdot · div ÷ pm ± le ≤ leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ approx ≈ sim ~ equiv ≡ propto ∝ ll ≪ gg ≫ to → rightarrow → leftarrow ← Rightarrow ⇒ Leftarrow ⇐ iff ⇔ Leftrightarrow ⇔ implies ⇒ mapsto ↦ infty ∞ in ∈ notin ∉ subset ⊂ subseteq ⊆ cup ∪ cap ∩ setminus ∖ emptyset ∅ forall ∀ exists ∃ neg ¬ land ∧ wedge ∧ lor ∨ vee ∨ oplus ⊕ otimes ⊗ circ ∘ ldots … dots … cdots … sum ∑ prod ∏ int ∫ partial ∂ nabla ∇ ell ℓ hbar ℏ mid | langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ prime ′ star ⋆ ast ∗ bullet • dagger † degree ° % % $ $ # # & & _ _ { { } }`
    .split(" ")
    .map((word, at, all) => (at % 2 === 0 ? ([word, all[at + 1] ?? ""] as const) : undefined))
    .filter((pair) => pair !== undefined),
);

/** Names that are shown as they are. */
const names = /^(?:log|ln|lg|exp|sin|cos|tan|cot|min|max|lim|inf|sup|arg|det|dim|gcd|ker|mod|Pr)$/;
/** Commands that show their argument in another type. */
const types =
  /^(?:text(?:bf|it|rm|tt)?|mathrm|mathbf|mathit|mathsf|mathtt|mathcal|mathbb|boldsymbol|bm|operatorname|mbox)$/;
/** Commands for the size of what follows. */
const sizes = /^(?:left|right|[bB]igg?[lr]?|displaystyle|textstyle|limits|nolimits|!)$/;
const spaces = /^(?:[,;: ]|quad|qquad)$/;

const blackboard = new Map([..."CHNPQRZ"].map((letter, at) => [letter, [..."ℂℍℕℙℚℝℤ"][at] ?? letter]));

const mapOf = (from: string, to: string): ReadonlyMap<string, string> =>
  new Map(Array.from(from, (sign, at) => [sign, [...to][at] ?? sign]));
const raised = mapOf("0123456789+-=()abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ");
const lowered = mapOf("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ");

/** Puts brackets around more than a number, a letter with its index, or a bracket. */
const inBrackets = (text: string): string => {
  const inner = text.trim();
  return /^(?:\p{L}?[\p{M}\p{No}\p{Lm}]*|[\d.]+|\([^()]*\))$/u.test(inner) ? inner : `(${inner})`;
};

const script = (mark: string, text: string): string => {
  const known = mark === "^" ? raised : lowered;
  const characters = [...text.replaceAll(" ", "")];
  if (mark === "^" && /^[∘′]$/.test(text)) return text === "∘" ? "°" : text;
  return characters.every((one) => known.has(one))
    ? characters.map((one) => known.get(one)).join("")
    : mark + inBrackets(text);
};

/** A longer formula is not read in a text. */
const longest = 200;

/**
 * Returns a formula in TeX as it is read in a text: `x^2 \le \frac{a}{b}` is `x² ≤ a/b`. Its words are joined by no-break
 * spaces. Returns undefined if a text cannot show it.
 */
export const readFormula = (tex: string): string | undefined => {
  const tokens = tex.trim().match(/\\(?:[a-zA-Z]+|.)|\s+|\S/gu) ?? [];
  let next = 0;
  let isReadable = tex.length <= longest;
  const skipSpaces = (): void => {
    while (/^\s+$/.test(tokens[next] ?? "")) next += 1;
  };
  /** A group in brackets, or one sign. */
  const argument = (): string => {
    skipSpaces();
    const token = tokens[next];
    next += 1;
    if (token === undefined) isReadable = false;
    return token === "{" ? group("}") : read(token ?? "");
  };
  const command = (name: string): string => {
    const sign = signs.get(name);
    if (sign !== undefined) return sign;
    if (names.test(name)) return ` ${name}`;
    if (name === "mathbb") return [...argument()].map((letter) => blackboard.get(letter) ?? letter).join("");
    if (types.test(name)) return argument();
    if (/^[dt]?frac$/.test(name)) return `${inBrackets(argument())}/${inBrackets(argument())}`;
    if (name === "sqrt" && tokens[next] !== "[") return `√${inBrackets(argument())}`;
    if (spaces.test(name)) return " ";
    isReadable &&= sizes.test(name);
    return "";
  };
  const read = (token: string): string => {
    if (token === "{") return group("}");
    if (token === "^" || token === "_") return script(token, argument());
    if (token.startsWith("\\")) return command(token.slice(1));
    if (/^[&}$]$/.test(token)) isReadable = false;
    return /^\s|^~$/.test(token) ? " " : token === "'" ? "′" : token;
  };
  const group = (end?: string): string => {
    let text = "";
    while (next < tokens.length && tokens[next] !== end && isReadable) {
      const token = tokens[next] ?? "";
      next += 1;
      text += read(token);
    }
    if (end !== undefined && tokens[next] !== end) isReadable = false;
    next += 1;
    return text;
  };
  const text = group()
    .trim()
    .replaceAll(/\s+/g, " ")
    .replaceAll(/(?<=[([{]) | (?=[)\]},])/g, "")
    .replaceAll(" ", "\u00A0");
  return isReadable && text !== "" ? text : undefined;
};

const formula = /<code class="language-math">([^<]*)<\/code>/g;

/** `$$ and save $$` has words, and no mark of TeX. */
const isProse = (tex: string): boolean => /\p{L}{2}\s+\p{L}{2}/u.test(tex) && !/[\\^_={}+<>|*]/.test(tex);

/** The commands of `\(\w+\)`, which has escaped brackets, have one letter each. TeX has no such command in a formula. */
const isRegularExpression = (tex: string): boolean => /\\[a-z]/i.test(tex) && !/\\[a-z]{2}/i.test(tex);

/** Returns undefined for a formula that a text cannot show. What is no formula stays with its marks. */
const showFormula = (tex: string): string | undefined =>
  isProse(tex) ? `$$ ${tex} $$` : (readFormula(tex) ?? (isRegularExpression(tex) ? `\\(${tex}\\)` : undefined));

/**
 * Replaces the formulas of sanitised HTML by their plain reading. One that a text cannot show becomes an ellipsis, or
 * nothing where it is all there is.
 */
export const showFormulas = (html: string): string => {
  // In a formula, `<` may be written as a reference.
  const show = (other: string): string =>
    html.replaceAll(formula, (_, tex: string) =>
      escapeHtml(showFormula(textOfHtml(tex).replaceAll("&lt;", "<")) ?? other),
    );
  const without = show("");
  return hasVisibleText(textOfHtml(without)) ? show("…") : without;
};
