/** One reason why a document is refused. */
export interface Reason {
  /** Stable, for programs: `title-missing`, `date-impossible`, `slug-taken` … */
  readonly code: string;
  /** The front matter's key, `front matter` where that cannot be parsed, or `body`. Absent for the whole document. */
  readonly field?: string;
  /** For people: what is wrong, and the next step. */
  readonly message: string;
}

/** Something that was left out or guessed in a document that is published nevertheless. */
export interface Warning {
  readonly code: string;
  readonly field?: string;
  readonly message: string;
}

/** A reason or warning as one line for people. */
export const reasonText = ({ field, message }: Pick<Reason, "field" | "message">): string =>
  field === undefined ? message : `${field}: ${message}`;
