/** In characters: the sanitiser reads what was written once more. */
const maxUrl = 2048;

interface Candidate {
  readonly url: string;
  /** `2x`, `640w`; empty where there is none. */
  readonly size: string;
}

const isSpace = (text: string, at: number): boolean => /[\t\n\f\r ]/.test(text.charAt(at));

/** The candidates of a `srcset` whose addresses are not too long (HTML §4.8.4.2.2, "Parse a srcset attribute"), each character looked at once. */
export const candidatesIn = (srcset: string): readonly Candidate[] => {
  const candidates: Candidate[] = [];
  let at = 0;
  const add = (url: string, size: string): void => {
    if (url.length <= maxUrl) candidates.push({ url, size });
  };
  const skip = (isSkipped: () => boolean): void => {
    while (at < srcset.length && isSkipped()) at += 1;
  };
  for (;;) {
    skip(() => isSpace(srcset, at) || srcset[at] === ",");
    if (at >= srcset.length) return candidates;
    const start = at;
    skip(() => !isSpace(srcset, at));
    let end = at;
    while (srcset[end - 1] === ",") end -= 1;
    const url = srcset.slice(start, end);
    if (end < at) {
      add(url, "");
      continue;
    }
    // A comma within brackets does not end the descriptors.
    let depth = 0;
    const from = at;
    skip(() => {
      if (srcset[at] === "(") depth += 1;
      if (srcset[at] === ")") depth = 0;
      return depth > 0 || srcset[at] !== ",";
    });
    add(url, srcset.slice(from, at).trim());
  }
};
