import { second } from "../domain/time.ts";
import type { Issued, NoLogin, OpenTokens, TokenState, Tokens } from "../ports/networks.ts";
import type { Clock } from "../ports/runtime.ts";

export interface Renewal {
  /** Whether what is stored can be used, and nothing is to be renewed. */
  readonly isGood: (issued: Issued) => boolean;
  /**
   * Gets tokens by those that are stored, or by the secret. Only one worker does so at a time, and what it gets is stored
   * before it is used: a refresh token may be good for one use.
   */
  readonly renew: (stored: Issued | undefined) => Promise<Issued | NoLogin>;
  readonly signal: AbortSignal;
}

/** The tokens of a login that are good, or why there are none. */
export type GetTokens = (renewal: Renewal) => Promise<Issued | NoLogin>;

/** Longer than a request may take: see deadlineFor in app/deliver/admission.ts. */
const lease = 30 * second;

const renewStored = async ({ isGood, renew, signal }: Renewal, tokens: Tokens, clock: Clock): ReturnType<GetTokens> => {
  for (;;) {
    const state = await tokens.read();
    const { issued, renewing = 0 } = state;
    if (issued !== undefined && isGood(issued)) return issued;
    if (renewing > clock()) {
      if (signal.aborted)
        return { kind: "unavailable", reason: "another worker is logging in and is not done yet", retryAt: renewing };
      await tokens.wait();
      continue;
    }
    const version = await tokens.save({ ...state, renewing: clock() + lease });
    if (version === undefined) continue;
    const renewed = await renew(issued);
    const isRenewed = !("kind" in renewed);
    const saved = await tokens.save({ version, issued: isRenewed ? renewed : issued, renewing: undefined });
    // Not saved: the lease ended before, and another worker took over, whose tokens are the last ones.
    if (!isRenewed || saved !== undefined) return renewed;
  }
};

/** Single flight: who asks while tokens are renewed gets their result. */
export const renewTokens = (tokens: Tokens, clock: Clock): GetTokens => {
  let flight: ReturnType<GetTokens> | undefined;
  return (renewal) => {
    flight ??= renewStored(renewal, tokens, clock).finally(() => {
      flight = undefined;
    });
    return flight;
  };
};

/** Tells of all tokens that are read, and of new ones before they are used. */
export const watchTokens = (tokens: Tokens, seen: (issued: Issued) => void): Tokens => {
  const tell = <State extends Pick<TokenState, "issued">>(state: State): State => {
    if (state.issued !== undefined) seen(state.issued);
    return state;
  };
  return {
    read: async () => tell(await tokens.read()),
    save: (state) => tokens.save(tell(state)),
    wait: tokens.wait,
  };
};

/** Tokens that end with the process. */
export const tokensInMemory: OpenTokens = () => {
  let stored: TokenState = { version: 0, issued: undefined, renewing: undefined };
  return {
    read: async () => stored,
    save: async (state) => {
      if (state.version !== stored.version) return undefined;
      stored = { ...state, version: state.version + 1 };
      return stored.version;
    },
    wait: async () => {},
  };
};
