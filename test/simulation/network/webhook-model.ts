import { canonicalJson } from "../../../src/domain/json-value.ts";
import { type Instant, second } from "../../../src/domain/time.ts";
import {
  addCopy,
  type Ledger,
  type ModelRequest,
  type NetworkModel,
  noteMissing,
  parseFields,
  type Reply,
} from "./network-model.ts";

const taken: Reply = { status: 204, body: undefined };

/** A receiver that offers nothing: each message that a post was created makes one, and nobody can look. */
export const webhookModel = (ledger: Ledger): NetworkModel => {
  const receive = (request: ModelRequest, now: Instant): Reply => {
    const { url, body } = request;
    const login = ledger.logins.find(({ secret }) => secret.url === url.href);
    if (login === undefined || !login.valid) return { status: 401, body: { message: "the signature is wrong" } };
    const { type, data } = parseFields(body);
    const { id, ...post } = parseFields(JSON.stringify(data));
    const content = canonicalJson(post);
    const named = ledger.copies.filter((one) => one.id === id && one.identity === login.identity && !one.deleted);
    if (type === "post.created") {
      addCopy(ledger, login, { network: "webhook", id: String(id), content }, request, now);
      return taken;
    }
    if (named.length === 0 && type === "post.updated") noteMissing(ledger.copies, String(id));
    if (named.length === 0) return { status: 404, body: { message: "no such post" } };
    // Two installations give their messages about one post the same id.
    for (const copy of named)
      if (type === "post.deleted") copy.deleted = true;
      else copy.content = content;
    return taken;
  };
  return {
    network: "webhook",
    takesBy2xx: true,
    handle: receive,
    tooMany: (_, wait) => ({ status: 429, headers: { "retry-after": String(wait / second) }, body: undefined }),
  };
};
