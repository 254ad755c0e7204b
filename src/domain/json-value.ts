/** True for an object with named fields: not null, not an array. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** JSON with sorted keys: equal values have equal text, whatever the order of their keys. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

const [quote, backslash] = [0x22, 0x5c];
const openers = new Set([0x5b, 0x7b]);
const closers = new Set([0x5d, 0x7d]);

/** Far more levels than a row, a request or a configuration has. */
const maxDepth = 100;

/** True for JSON whose lists and maps are nested more deeply than any that Crier writes. */
const isTooDeep = (text: string): boolean => {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (isInString) {
      if (unit === backslash) at += 1;
      else if (unit === quote) isInString = false;
    } else if (unit === quote) isInString = true;
    else if (openers.has(unit)) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (closers.has(unit)) depth -= 1;
  }
  return false;
};

/**
 * Parses JSON that others may have written. Throws where it is not JSON, or where it is nested so deeply that what
 * walks through the value would exhaust the stack.
 */
export const parseUntrustedJson = (text: string): unknown => {
  if (isTooDeep(text)) throw new SyntaxError(`it is nested more than ${maxDepth} levels deep`);
  return JSON.parse(text);
};
