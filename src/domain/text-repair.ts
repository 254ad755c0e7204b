/**
 * Repairs UTF-8 that was read as Windows-1252 (`â€“` for `–`, `ðŸ”‘` for 🔑), run by run.
 *
 * A run is a sequence of characters that Windows-1252 has above ASCII (its five undefined bytes become C1 controls, as in
 * the WHATWG's windows-1252). It is repaired only where *all* of it encodes to valid UTF-8, and not where people write the
 * same characters on purpose: `CAFÉ”`, `passé\u00A0»` and `MÔŽE` are valid UTF-8 by accident.
 */
const above7F = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ";

const bytes = new Map([...above7F].map((char, index) => [char, 0x80 + index]));

const byteOf = (char: string): number => bytes.get(char) ?? char.charCodeAt(0);

const runs = new RegExp(`[\\u0080-\\u00FF${above7F}]{2,}`, "g");

/** What a correct word may be followed by: closing quotes, dashes, no-break space, superscripts. */
const closing = "“”‘’»›«…–—\\u00A0®™©°²³¹ªº·•„‚";
const allClosing = new RegExp(`^[${closing}]+$`, "u");
/** The same and some letters: Slovak has `ÔŽ` in capitals. */
const mayFollow = new RegExp(`^[${closing}ŠŽŒŸšžœ]$`, "u");

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const decode = (run: string): string | undefined => {
  try {
    const text = decoder.decode(Uint8Array.from(run, byteOf));
    // A result with C1 controls is not a repair.
    return /[\u0080-\u009F]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
};

/** A single sequence is weak evidence: it counts only where nobody would write these characters. */
const isPlausible = (run: string, before: string, after: string): boolean => {
  const trail = run.slice(1);
  // `ðŸ` begins every emoji of plane 1, and no word of any language.
  if (trail.length === 3) return true;
  if (trail.length === 2) return !allClosing.test(trail) || (run.startsWith("â") && !/\p{L}$/u.test(before));
  if (!mayFollow.test(trail)) return true;
  if (!/^[ÂÃÄÅ]/.test(run) || /\p{Lu}$/u.test(before)) return false;
  return /\p{Ll}$/u.test(before) || /^\p{L}/u.test(after) || /^[ÂÃ]/.test(run);
};

const repairOnce = (text: string): string =>
  text.replaceAll(runs, (run: string, at: number) => {
    const repaired = decode(run);
    if (repaired === undefined) return run;
    const isSingle = [...repaired].length === 1;
    const isAccepted =
      !isSingle ||
      isPlausible(run, text.slice(Math.max(0, at - 2), at), text.slice(at + run.length, at + run.length + 2));
    return isAccepted ? repaired : run;
  });

/** Twice, because some documents were misread twice. A text without such runs is returned unchanged. */
export const repairText = (text: string): string => {
  const once = repairOnce(text);
  return once === text ? text : repairOnce(once);
};
