/**
 * UTF-8 that was read as Windows-1252 (`â€“` for `–`, `ðŸ”‘` for 🔑), turned back run by run.
 *
 * A run is a stretch of characters that Windows-1252 has above ASCII (its five undefined bytes arrive as C1 controls, as
 * in the WHATWG's windows-1252). It is repaired only where *all* of it re-encodes to valid UTF-8, and not where people write
 * the same characters themselves: `CAFÉ”`, `passé\u00A0»`, `MÔŽE` are valid UTF-8 by accident.
 */
const above7F = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ";

const bytes = new Map([...above7F].map((char, index) => [char, 0x80 + index]));

const byteOf = (char: string): number => bytes.get(char) ?? char.charCodeAt(0);

const runs = new RegExp(`[\\u0080-\\u00FF${above7F}]{2,}`, "g");

/** What a word may end with in honest prose: closing quotes, dashes, no-break space, raised signs. */
const closing = "“”‘’»›«…–—\\u00A0®™©°²³¹ªº·•„‚";
const allClosing = new RegExp(`^[${closing}]+$`, "u");
/** The same, and letters: Slovak capitals have `ÔŽ`. */
const mayFollow = new RegExp(`^[${closing}ŠŽŒŸšžœ]$`, "u");

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const decode = (run: string): string | undefined => {
  try {
    const text = decoder.decode(Uint8Array.from(run, byteOf));
    // A repair that yields C1 controls has mended nothing.
    return /[\u0080-\u009F]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
};

/** One sequence alone proves little: it counts only where nobody would write it. */
const isPlausible = (run: string, before: string, after: string): boolean => {
  const trail = run.slice(1);
  // `ðŸ` begins every emoji of plane 1, and no word.
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

/** Some documents went through it twice. A text without such runs comes back as it is. */
export const repairText = (text: string): string => {
  const once = repairOnce(text);
  return once === text ? text : repairOnce(once);
};
