import * as z from "zod";
import type { NoLogin } from "../ports/networks.ts";
import { outcomeOfError } from "./bluesky-errors.ts";
import type { Dids } from "./bluesky-mentions.ts";
import type { Xrpc } from "./bluesky-session.ts";
import { isDid } from "./bluesky-syntax.ts";

const resolution = z.object({ did: z.string().refine(isDid) });

/** The DID of a handle; undefined where it has none or the server does not say it. */
const resolveHandle = async (
  handle: string,
  xrpc: Xrpc,
  signal: AbortSignal,
): Promise<string | undefined | NoLogin> => {
  const called = await xrpc.call(
    "com.atproto.identity.resolveHandle",
    () => ({ method: "GET", query: { handle } }),
    signal,
  );
  if (called.kind !== "called") return called;
  const { result } = called;
  if (result.kind !== "response") return result.kind === "unavailable" ? result : undefined;
  const { status, body } = result.response;
  if (status === 200) return resolution.safeParse(body).data?.did;
  const outcome = outcomeOfError(result.response, { id: null, url: null, public: true });
  return outcome.kind === "unavailable" && outcome.retryAt !== undefined ? outcome : undefined;
};

/** The progress of a delivery has room for them beside the posts of a thread. */
const mostBytes = 2500;

/**
 * Asks the account's server for the DIDs. It is never the reason why a post does not go out: unless the server cannot be
 * reached, or refuses the login or the rate, so that it would not take the post either, a handle without an answer is plain text.
 */
export const resolveHandles = async (
  handles: readonly string[],
  xrpc: Xrpc,
  signal: AbortSignal,
): Promise<{ readonly kind: "resolved"; readonly dids: Dids } | NoLogin> => {
  const answers = await Promise.all(handles.map((handle) => resolveHandle(handle, xrpc, signal)));
  let dids: Dids = {};
  for (const [index, answer] of answers.entries()) {
    if (typeof answer === "object") return answer;
    const more = { ...dids, ...(answer !== undefined && { [handles[index] ?? ""]: answer }) };
    if (Buffer.byteLength(JSON.stringify(more)) <= mostBytes) dids = more;
  }
  return { kind: "resolved", dids };
};
