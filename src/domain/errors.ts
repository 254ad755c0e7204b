/**
 * The caller passed a cursor that this list did not return, which is a mistake of the caller and not a fault of Crier.
 */
export class BadCursor extends Error {
  override readonly name = "BadCursor";

  constructor(options?: ErrorOptions) {
    super("`from` is not a cursor of this list: leave out `from` to start at the beginning.", options);
  }
}

/** Several posts have the name that the caller passed. */
export class AmbiguousName extends Error {
  override readonly name = "AmbiguousName";
  /** Each names one post. */
  readonly candidates: readonly string[];

  constructor(name: string, candidates: readonly string[]) {
    super(`${candidates.length} posts have the name ${name}: take the path of one, ${candidates.join(" or ")}.`);
    this.candidates = candidates;
  }
}

/** A delivery that the caller could have meant, and the name of its post. */
interface DeliveryCandidate {
  readonly id: string;
  readonly of: string;
}

const naming = (candidates: readonly DeliveryCandidate[]): string =>
  candidates.map(({ id, of }) => `${id} (${of})`).join(", ");

/** Several deliveries have an id that begins with the text that the caller passed. */
export class AmbiguousId extends Error {
  override readonly name = "AmbiguousId";
  readonly candidates: readonly string[];

  constructor(id: string, candidates: readonly DeliveryCandidate[]) {
    super(`Several deliveries begin with ${id}: give more of the id of one, ${naming(candidates)}.`);
    this.candidates = candidates.map((candidate) => candidate.id);
  }
}

/** No delivery has the id, and no id of a delivery in the requested states begins with it. */
export class UnknownId extends Error {
  override readonly name = "UnknownId";
  readonly candidates: readonly string[];

  constructor(id: string, states: readonly string[], candidates: readonly DeliveryCandidate[]) {
    const which = states.join(" or ");
    const others = candidates.length === 0 ? `None is ${which} now.` : `There are ${naming(candidates)}.`;
    super(`There is no delivery ${id}, and none that is ${which} has an id that begins so. ${others}`);
    this.candidates = candidates.map((candidate) => candidate.id);
  }
}

/** Another process reads the document, or ended while it did so. It is not known yet whether the text was the cause. */
export class IsBeingRead extends Error {
  override readonly name = "IsBeingRead";
  /** In seconds. */
  readonly retryAfter: number;

  constructor(path: string, retryAfter: number) {
    super(
      `${path} is being read by another process, or its process has just ended: try again in ${retryAfter} seconds.`,
    );
    this.retryAfter = retryAfter;
  }
}

/** A row was written by a newer version of Crier. This one neither reads nor changes it, and leaves it due. */
export class NewerRow extends Error {
  override readonly name = "NewerRow";

  constructor(found: number, own: number) {
    super(
      `This data has format ${found}, and this version of Crier knows up to ${own}: install the newer version again.`,
    );
  }
}

/** Returns the message of a thrown value, even if that is not an error. */
export const errorMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Returns the `code` of an error, such as Node's `ENOENT` and `ECONNREFUSED`; undefined if it has none. */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
