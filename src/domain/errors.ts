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

/** A delivery that the caller could have meant, and the name of its post. */
interface DeliveryCandidate {
  readonly id: string;
  readonly of: string;
}

const naming = (candidates: readonly DeliveryCandidate[]): string =>
  candidates.map(({ id, of }) => `${id} (${of})`).join(", ");

/** Several deliveries have an id that begins so. */
export class AmbiguousId extends Error {
  override readonly name = "AmbiguousId";
  readonly candidates: readonly string[];

  constructor(id: string, candidates: readonly DeliveryCandidate[]) {
    super(`Several deliveries begin with ${id}: give more of the id of one, ${naming(candidates)}.`);
    this.candidates = candidates.map((candidate) => candidate.id);
  }
}

/** No delivery has the id, and none in the states that were asked for begins so. */
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

/** Another process reads the document, or has just ended while it did: it cannot be told yet whether the text was the cause. */
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

/** The message of whatever was thrown. */
export const errorMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The `code` of an error, such as Node's `ENOENT` and `ECONNREFUSED`; undefined where there is none. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
