import { canonicalJson } from "../../../src/domain/json-value.ts";
import { type Instant, second } from "../../../src/domain/time.ts";
import {
  addCopy,
  copiesOf,
  type Ledger,
  type ModelRequest,
  type NetworkModel,
  noteMissing,
  parseFields,
  type Reply,
} from "./network-model.ts";

const problem = (status: number, code: number, message: string): Reply => ({ status, body: { code, message } });

/** A channel of Discord by its webhook: each message makes one, which can be changed by its id, and nobody can look. */
export const discordModel = (ledger: Ledger): NetworkModel => {
  const handle = (request: ModelRequest, now: Instant): Reply => {
    const { method, url, body } = request;
    const [, webhook = "", token = "", id] =
      /\/webhooks\/(\d+)\/([\w-]+)(?:\/messages\/(\d+))?$/.exec(url.pathname) ?? [];
    const login = ledger.logins.find(({ secret }) => secret.url?.endsWith(`/${webhook}/${token}`));
    if (login === undefined || !login.valid) return problem(404, 10_015, "Unknown Webhook");
    if (method === "GET") return { status: 200, body: { id: webhook } };
    const content = canonicalJson(parseFields(body));
    if (method === "POST") {
      const made = addCopy(ledger, login, { network: "discord", id: ledger.nextId(), content }, request, now);
      return { status: 200, body: { id: made.id } };
    }
    const copy = copiesOf(ledger, "discord", login).find((one) => one.id === id && !one.deleted);
    if (copy === undefined) {
      if (method === "PATCH") noteMissing(ledger.copies, String(id));
      return problem(404, 10_008, "Unknown Message");
    }
    if (method === "PATCH") copy.content = content;
    else copy.deleted = true;
    return method === "PATCH" ? { status: 200, body: { id } } : { status: 204, body: undefined };
  };
  return {
    network: "discord",
    handle,
    tooMany: (_, wait) => ({
      status: 429,
      body: { message: "You are being rate limited.", retry_after: wait / second },
    }),
  };
};
