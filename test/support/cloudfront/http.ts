/** Names of headers are in lower case. */
export type Headers = Readonly<Record<string, string>>;

export interface Request {
  readonly method: string;
  /** Includes the query. */
  readonly url: string;
  readonly headers: Headers;
  readonly body?: string | undefined;
  readonly scheme?: "http" | "https";
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** Gets what CloudFront sends on: its own host, and of the headers those of the policies. */
export type Origin = (request: Request) => Promise<Reply>;

export const aReply = (status: number, headers: Headers = {}, body: string | Uint8Array = ""): Reply => ({
  status,
  headers,
  body: typeof body === "string" ? new TextEncoder().encode(body) : body,
});
