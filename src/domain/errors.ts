/** The caller gave a cursor that continues another list or none: the caller's mistake, not a fault of Crier. */
export class BadCursor extends Error {
  override readonly name = "BadCursor";

  constructor(options?: ErrorOptions) {
    super("`from` is not a cursor of this list: leave out `from` to start at the beginning.", options);
  }
}
