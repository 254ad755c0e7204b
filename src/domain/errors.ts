/** The caller passed a cursor that this list did not give: a mistake of the caller, not a fault of Crier. */
export class BadCursor extends Error {
  override readonly name = "BadCursor";

  constructor(options?: ErrorOptions) {
    super("`from` is not a cursor of this list: leave out `from` to start at the beginning.", options);
  }
}

/** Several posts have the name that the caller gave. */
export class AmbiguousName extends Error {
  override readonly name = "AmbiguousName";
  /** Each names one post. */
  readonly candidates: readonly string[];

  constructor(name: string, candidates: readonly string[]) {
    super(`${candidates.length} posts have the name ${name}: take the path of one, ${candidates.join(" or ")}.`);
    this.candidates = candidates;
  }
}
