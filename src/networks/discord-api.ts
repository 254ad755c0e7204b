import * as z from "zod";
import type { Outcome, Remote } from "../domain/delivery.ts";
import type { Connection } from "../ports/networks.ts";
import type { ParsedLogin } from "./define.ts";
import { commonOutcome, identityOf, type JsonResponse, reasonOf, retryAt, retryIn } from "./http.ts";

interface Credentials {
  readonly url: string;
}

const message = z.object({ id: z.string().min(1) });
const ownWebhook = message.extend({ name: z.string().nullish() });
const problem = z.object({
  code: z.number().optional(),
  message: z.string().optional(),
  errors: z.unknown().optional(),
  retry_after: z.number().optional(),
});

/** discord.com/developers/docs, "JSON Error Codes". */
const unknownMessage = 10008;

export const connectDiscord = ({ credentials, sandbox, fetchJson }: ParsedLogin<unknown, Credentials>): Connection => {
  const { pathname } = new URL(credentials.url);
  const [id = "", token = ""] = pathname.split("/").slice(-2);
  // An address without a version is that of an old one.
  const webhook = `${sandbox ?? "https://discord.com"}/api/v10/webhooks/${id}/${token}`;
  const call = async (
    method: string,
    path: string,
    json: unknown,
    signal: AbortSignal,
    outcomeOf: (response: JsonResponse) => Outcome,
  ): Promise<Outcome> => {
    const result = await fetchJson(webhook + path, { method, signal, ...(json === undefined ? {} : { json }) });
    return result.kind === "response" ? outcomeOf(result.response) : result;
  };
  return {
    whoAmI: async (signal) =>
      identityOf(
        await fetchJson(webhook, { method: "GET", signal }),
        ({ status, body }) => {
          const { data } = ownWebhook.safeParse(body);
          if (status !== 200 || data === undefined) return undefined;
          return { id: `discord.com, webhook ${id}`, ...(data.name && { handle: data.name }) };
        },
        outcomeOfError,
        "Discord",
      ),
    send: (request, _key, signal) =>
      call("POST", "?wait=true", request, signal, (response) => {
        const sent = response.status === 200 ? message.safeParse(response.body).data : undefined;
        // Its address is for the members of the server.
        return sent === undefined
          ? outcomeOfError(response)
          : { kind: "posted", remote: { id: sent.id, url: null, public: false } };
      }),
    edit: (remote, request, signal) =>
      withId(remote, (path) =>
        call("PATCH", path, request, signal, (response) => {
          if (response.status === 200 && message.safeParse(response.body).success) return { kind: "done" };
          const outcome = outcomeOfError(response);
          return isMissing(response) && "reason" in outcome ? { kind: "missing", reason: outcome.reason } : outcome;
        }),
      ),
    remove: (remote, signal) =>
      withId(remote, (path) =>
        call("DELETE", path, undefined, signal, (response) =>
          response.status === 204 || isMissing(response) ? { kind: "done" } : outcomeOfError(response),
        ),
      ),
  };
};

const withId = async ({ id }: Remote, act: (path: string) => Promise<Outcome>): Promise<Outcome> =>
  id === null
    ? { kind: "rejected", reason: "The message's id is not known: change it on Discord by hand" }
    : act(`/messages/${encodeURIComponent(id)}`);

const isMissing = ({ status, body }: JsonResponse): boolean =>
  status === 404 && problem.safeParse(body).data?.code === unknownMessage;

/** Of the errors of a form, which lie as deep as the field that each is about, the first: `embeds.0.url: Not a well formed URL.` */
const firstError = (errors: unknown, path = ""): string | undefined => {
  const fields = z.record(z.string(), z.unknown()).safeParse(errors).data ?? {};
  const [own] = z.array(z.object({ message: z.string() })).safeParse(fields._errors).data ?? [];
  if (own !== undefined) return `${path}: ${own.message}`;
  const nested = Object.entries(fields).map(([name, below]) =>
    firstError(below, path === "" ? name : `${path}.${name}`),
  );
  return nested.find((found) => found !== undefined);
};

const outcomeOfError = (response: JsonResponse): Outcome => {
  const { status } = response;
  const { message: said, errors, retry_after: wait } = problem.safeParse(response.body).data ?? {};
  const reason = reasonOf(
    "Discord",
    status,
    [said, firstError(errors)].filter((part) => part !== undefined).join(": "),
  );
  const common = commonOutcome(response, reason, retryIn(response, wait) ?? retryAt(response));
  if (common !== undefined) return common;
  // 404: the webhook was deleted, or its token is another: that is not about the post.
  if (status === 401 || status === 403 || (status === 404 && !isMissing(response)))
    return { kind: "unauthorised", reason };
  return { kind: "rejected", reason };
};
