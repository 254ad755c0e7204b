import { createServer } from "node:http";
import { text } from "node:stream/consumers";

interface Status {
  readonly id: string;
  readonly url: string;
  readonly created_at: string;
  readonly media_attachments: readonly [];
  content: string;
}

/** The first line of a status, which has the title of its post. */
const titleOf = ({ content }: Status): string =>
  content
    .replaceAll(/<[^>]*>/g, "\n")
    .trim()
    .split("\n")[0] ?? "";

const asHtml = (status: string): string =>
  `<p>${status
    .replaceAll(/https?:\/\/\S+/g, (url) => `<a href="${url}">${url}</a>`)
    .split("\n")
    .join("<br>")}</p>`;

/** A Mastodon server on loopback that keeps the requests that it gets, with its own rule for repeated requests. */
export const aMastodonServer = async () => {
  const statuses: Status[] = [];
  const byKey = new Map<string, Status>();
  let sends = 0;
  const logins = new Set<string>();
  const refusals: string[] = [];
  const silent = { count: 0 };
  const server = createServer(async (request, response) => {
    const { method = "", url = "", headers } = request;
    response.setHeader("content-type", "application/json");
    const answer = (body: unknown, status = 200) => response.writeHead(status).end(JSON.stringify(body));
    const [, id = ""] = /\/statuses\/(\d+)/.exec(url) ?? [];
    const known = statuses.find((one) => one.id === id);
    if (headers.authorization === undefined) return answer({ error: "The access token is invalid" }, 401);
    logins.add(headers.authorization);
    if (method === "POST") {
      sends += 1;
      const reason = refusals.pop();
      if (reason !== undefined) return answer({ error: reason }, 422);
      const { status }: { readonly status: string } = JSON.parse(await text(request));
      const key = String(headers["idempotency-key"]);
      const next = String(statuses.length + 1);
      const made = byKey.get(key) ?? {
        id: next,
        url: `https://social.example/@me/${next}`,
        created_at: new Date().toISOString(),
        media_attachments: [],
        content: asHtml(status),
      };
      if (!byKey.has(key)) statuses.push(made);
      byKey.set(key, made);
      silent.count -= 1;
      return silent.count >= 0 ? response.destroy() : answer(made);
    }
    if (url.includes("/statuses/") && known === undefined) return answer({ error: "Record not found" }, 404);
    if (known !== undefined && method === "PUT") {
      const { status }: { readonly status: string } = JSON.parse(await text(request));
      known.content = asHtml(status);
      return answer(known);
    }
    if (known !== undefined && method === "DELETE") {
      statuses.splice(statuses.indexOf(known), 1);
      return answer(known);
    }
    if (known !== undefined) return answer(known);
    if (url.includes("/statuses")) return answer(url.includes("max_id") ? [] : statuses.toReversed());
    return answer({ id: "1", url: "https://social.example/@me" });
  });
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    /** Returns the titles of the public posts, the oldest first. */
    titles: (): readonly string[] => statuses.map(titleOf),
    /** Requests for a status, also those that were repeated. */
    sends: () => sends,
    /** An hour passes. */
    forgetKeys: () => byKey.clear(),
    /** Every Authorization header that came. */
    logins: (): readonly string[] => [...logins],
    /** The next new status is kept, and not answered. */
    silenceNext: () => {
      silent.count = 1;
    },
    /** The next new status is invalid. */
    refuseNext: (reason: string) => void refusals.push(reason),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
