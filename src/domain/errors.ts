/** The caller passed a cursor that this list did not give: a mistake of the caller, not a fault of Crier. */
export class BadCursor extends Error {
  override readonly name = "BadCursor";

  constructor(options?: ErrorOptions) {
    super("`from` is not a cursor of this list: leave out `from` to start at the beginning.", options);
  }
}
