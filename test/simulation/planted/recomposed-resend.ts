import { snippetFor } from "../../../src/domain/snippet.ts";
import type { Connection } from "../../../src/ports/networks.ts";
import type { Variant } from "../crier-process.ts";
import { slugIn } from "../network/network-model.ts";
import { withConnections } from "./with-connections.ts";

/** A resend has the text that the post has by then, not the stored one: a network that refuses equal text takes it for another post. */
export const recomposedResend: Variant = {
  networks: withConnections(
    "x",
    (connection, { posts, accounts, networks, clock }): Connection => ({
      ...connection,
      send: async (request, key, signal) => {
        const slug = slugIn(String(request.text));
        const post = (await posts.newest("blog")).rows.find((one) => one.slug === slug);
        const account = accounts.find(({ network }) => network === "x");
        if (post === undefined || account === undefined) return connection.send(request, key, signal);
        const composed = networks.get("x").compose(snippetFor(post, account, clock()), account);
        return connection.send(composed.request, key, signal);
      },
    }),
  ),
};
