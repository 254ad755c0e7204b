import type { Context, Hono } from "hono";
import type { Account } from "../domain/account.ts";
import { isRecord } from "../domain/records.ts";
import type { Instant } from "../domain/time.ts";
import type { Timeline } from "./timeline.ts";

/** What a handler of the sandbox finds in its context. `incoming` is Node's request, where there is one. */
export interface Sandboxed {
  Variables: { readonly account: Account };
  Bindings: { readonly incoming?: { readonly socket: { resetAndDestroy(): unknown } } };
}

export type Handler = (c: Context<Sandboxed>, account: Account) => Promise<Response>;

/** What the acted-out networks share. */
export interface Stage {
  readonly timeline: Timeline;
  readonly now: () => Instant;
  account(name: string, network: string): Account | undefined;
  /** Numeric, growing, never given twice. */
  nextId(): string;
  /** A handler that changes something: one at a time for each account, with the fault that was planned for it. */
  write(refuse: (status: number) => Response, handler: Handler): (c: Context<Sandboxed>) => Promise<Response>;
}

/** One network's API. */
export type Act = (app: Hono<Sandboxed>, stage: Stage) => void;

export const json = (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response =>
  Response.json(body, { status, headers });

export type Fields = Readonly<Record<string, unknown>>;

/** The JSON object of a request; undefined where it is none. */
export const fieldsOf = async (c: Context<Sandboxed>): Promise<Fields | undefined> => {
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") return undefined;
  try {
    const body: unknown = await c.req.json();
    return isRecord(body) ? body : undefined;
  } catch {
    return undefined;
  }
};
