/** One named reason why a document is refused: where, what, and what to do about it. */
export interface Reason {
  /** A stable word for machines: `title-missing`, `date-impossible`, `slug-taken` … */
  readonly code: string;
  /** The front matter's key, `front matter` where it cannot be parsed, `body`, or absent where it is the whole document. */
  readonly field?: string | undefined;
  /** For people: names the thing and the next step. */
  readonly message: string;
}

/** Something dropped or guessed while reading a document that is published all the same. */
export interface Warning {
  readonly code: string;
  readonly field?: string | undefined;
  readonly message: string;
}

/** One reason or warning as a text for people. */
export const reasonText = ({ field, message }: Pick<Reason, "field" | "message">): string =>
  field === undefined ? message : `${field}: ${message}`;
