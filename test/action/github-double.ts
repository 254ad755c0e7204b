import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import * as z from "zod";

interface Comment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string };
}

const Body = z.strictObject({ body: z.string().min(1) });

/** The comments of pull request 7 in GitHub's REST API: pages, the largest body, and who may write. */
export const aGithub = async () => {
  const state = { mayWrite: true, fails: undefined as number | undefined };
  const comments: Comment[] = [];
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://github");
    const answer = (status: number, value: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(value));
    };
    requests.push(`${request.method} ${url.pathname}`);
    const sent = await text(request);
    if (request.headers.authorization !== "Bearer the-token") return answer(401, { message: "Bad credentials" });
    if (state.fails !== undefined) return answer(state.fails, { message: "Oops" });
    const [, id] = /^\/repos\/owner\/site\/issues\/comments\/(\d+)$/.exec(url.pathname) ?? [];
    const isList = url.pathname === "/repos/owner/site/issues/7/comments";
    if (request.method === "GET" && isList) {
      const size = Number(url.searchParams.get("per_page") ?? 30);
      if (size > 100) return answer(422, { message: "per_page is at most 100" });
      const first = (Number(url.searchParams.get("page") ?? 1) - 1) * size;
      return answer(200, comments.slice(first, first + size));
    }
    if (!state.mayWrite) return answer(403, { message: "Resource not accessible by integration" });
    const { body } = Body.parse(JSON.parse(sent));
    if (body.length > 65_536) return answer(422, { message: "Body is too long (maximum is 65536 characters)" });
    if (request.method === "POST" && isList) {
      const comment = { id: comments.length + 1, body, user: { login: "github-actions[bot]" } };
      comments.push(comment);
      return answer(201, comment);
    }
    const found = comments.find((comment) => String(comment.id) === id);
    if (request.method !== "PATCH" || found === undefined) return answer(404, { message: "Not Found" });
    found.body = body;
    return answer(200, found);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    state,
    comments,
    requests,
    url: `http://127.0.0.1:${port}`,
    /** What others have written. */
    add: (count: number, body: string, login = "reader") => {
      for (let left = count; left > 0; left -= 1) comments.push({ id: comments.length + 1, body, user: { login } });
    },
  };
};
