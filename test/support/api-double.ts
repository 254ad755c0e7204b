import { createServer } from "node:http";
import { text as readText } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { type Answer, type SiteOperationName, siteOperations } from "../../src/api/operations.ts";

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

const json = (body: unknown, status = 200): Reply => ({
  status,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

const notFound = json({ type: "about:blank", title: "Not found", status: 404, detail: "There is nothing here." }, 404);

/** An API on loopback whose answers a test sets; everything else is a 404 with a problem. */
export const anApi = async () => {
  const replies = new Map<string, Reply>();
  const refusals: Reply[] = [];
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await readText(request);
    if (body !== "") bodies.push(body);
    const reply = refusals.shift() ?? replies.get(request.url ?? "") ?? notFound;
    response.writeHead(reply.status, reply.headers).end(reply.body);
  }).listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  onTestFinished(() => void server.close());
  const address = server.address();
  return {
    env: {
      CRIER_URL: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`,
      CRIER_TOKEN: "token",
    },
    /** The keys are paths with their queries. */
    replies,
    /** They are the answers to the next requests, before those of `replies`. */
    refusals,
    /** The bodies of the requests that had one. */
    bodies,
    answer: <Name extends SiteOperationName>(
      name: Name,
      answer: Omit<Answer<Name>, "timeZone">,
      at: string = siteOperations[name].path,
    ) => replies.set(at, json({ ...answer, timeZone: "UTC" })),
  };
};
