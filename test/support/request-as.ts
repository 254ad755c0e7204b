import { type IncomingHttpHeaders, request } from "node:http";

export interface PlainAnswer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface PlainRequest {
  /** The address of the server itself. */
  readonly url: string;
  readonly path: string;
  readonly host?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request as a proxy or a rebound name sends it: with any `Host`, which `fetch` does not allow. */
export const requestAs = ({
  url,
  path,
  host,
  method = "GET",
  headers = {},
  body,
}: PlainRequest): Promise<PlainAnswer> =>
  new Promise((resolve, reject) => {
    const sent = request(
      new URL(url),
      { path, method, headers: { ...headers, ...(host === undefined ? {} : { Host: host }) } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({
            status: answer.statusCode,
            headers: answer.headers,
            body: Buffer.concat(chunks).toString("utf8"),
          }),
        );
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
