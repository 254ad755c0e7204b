import { canonicalJson } from "../../../src/domain/json-value.ts";
import { second } from "../../../src/domain/time.ts";
import { addCopy, type Ledger, type NetworkModel, parseFields } from "./network-model.ts";

/** A channel of Slack by its webhook: each message makes a post, and its id is not returned. */
export const slackModel = (ledger: Ledger): NetworkModel => ({
  network: "slack",
  handle: (request, now) => {
    const login = ledger.logins.find(({ secret }) => secret.url === request.url.href);
    if (login === undefined || !login.valid) return { status: 403, body: undefined, text: "invalid_token" };
    const content = canonicalJson(parseFields(request.body));
    addCopy(ledger, login, { network: "slack", id: ledger.nextId(), content }, request, now);
    return { status: 200, body: undefined, text: "ok" };
  },
  tooMany: (_, wait) => ({
    status: 429,
    headers: { "retry-after": String(wait / second) },
    body: undefined,
    text: "rate_limited",
  }),
});
