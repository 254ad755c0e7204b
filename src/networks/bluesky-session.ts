import * as z from "zod";
import type { Outcome } from "../domain/delivery.ts";
import { retryAt, wordsOf } from "./bluesky-replies.ts";
import { type Answer, type Ask, type FetchJson, type Reply, said } from "./http.ts";

export interface Session {
  readonly did: string;
  readonly handle: string;
  readonly accessJwt: string;
}

const session = z.object({
  did: z.string().startsWith("did:"),
  handle: z.string().min(1),
  accessJwt: z.string().min(1),
});

/** What an XRPC call came to: the reply with the session it was made in, or an outcome that is already certain. */
export type Called = { readonly kind: "called"; readonly session: Session; readonly answer: Answer } | Outcome;

export type Call = (
  nsid: string,
  request: (
    session: Session,
  ) => Omit<Ask, "headers" | "signal"> & { readonly query?: Readonly<Record<string, string>> },
  signal: AbortSignal,
) => Promise<Called>;

/** XRPC as one account. The session is kept: 30 logins in five minutes are all that the network allows. */
export const callAs = (
  server: string,
  credentials: { readonly identifier: string; readonly appPassword: string },
  fetchJson: FetchJson,
): Call => {
  let current: Session | undefined;

  const login = async (signal: AbortSignal): Promise<Session | Outcome> => {
    const json = { identifier: credentials.identifier, password: credentials.appPassword };
    const answer = await fetchJson(`${server}/xrpc/com.atproto.server.createSession`, { method: "POST", json, signal });
    const made =
      answer.kind === "reply" && answer.reply.status === 200 ? session.safeParse(answer.reply.body).data : undefined;
    if (made === undefined) return noSession(answer);
    current = made;
    return made;
  };

  return async (nsid, request, signal) => {
    const attempt = async (as: Session): Promise<Answer> => {
      const { query, ...asked } = request(as);
      const search = query === undefined ? "" : `?${new URLSearchParams(query)}`;
      const headers = { authorization: `Bearer ${as.accessJwt}` };
      return fetchJson(`${server}/xrpc/${nsid}${search}`, { ...asked, headers, signal });
    };
    const first = current ?? (await login(signal));
    if ("kind" in first) return first;
    const answer = await attempt(first);
    if (answer.kind !== "reply" || !hasExpired(answer.reply)) return { kind: "called", session: first, answer };
    // Refused for the token alone, so certainly not applied: asking again makes no second post.
    current = undefined;
    const second = await login(signal);
    return "kind" in second ? second : { kind: "called", session: second, answer: await attempt(second) };
  };
};

const hasExpired = ({ status, body }: Reply): boolean =>
  (status === 400 || status === 401) && ["ExpiredToken", "InvalidToken"].includes(wordsOf(body).error ?? "");

/** Without a session nothing was sent: whatever happened to the login, the post is certainly not out. */
const noSession = (answer: Answer): Outcome => {
  if (answer.kind !== "reply") return { kind: "unavailable", reason: `Bluesky login: ${answer.reason}` };
  const { status, headers, body } = answer.reply;
  const { error, message } = wordsOf(body);
  const reason = said("Bluesky login:", status, message ?? error);
  const login = status === 401 || status === 403 || status === 400;
  return login ? { kind: "unauthorised", reason } : { kind: "unavailable", reason, retryAt: retryAt(headers) };
};
