import type { Connection } from "../../../src/ports/networks.ts";
import type { Variant } from "../crier-process.ts";
import { slugIn } from "../network/network-model.ts";
import { withConnections } from "./with-connections.ts";

const isNote = (request: Readonly<Record<string, unknown>>): boolean => String(request.status).includes("Note");

/** A note that becomes an article, or an article that becomes a note, is another post: it is sent, and the copy stays. */
export const secondKind: Variant = {
  networks: withConnections("mastodon", (connection, { posts, deliveries }): Connection => {
    const { edit } = connection;
    if (edit === undefined) return connection;
    return {
      ...connection,
      edit: async (remote, request, signal) => {
        const slug = slugIn(String(request.status));
        const post = (await posts.newest("blog")).rows.find((one) => one.slug === slug);
        const ofPost = post === undefined ? [] : await deliveries.ofPost("blog", post.id);
        const copied = ofPost.find(({ remotes = [] }) => remotes.some(({ id }) => id === remote.id));
        if (copied?.sent === undefined || isNote(copied.sent.request) === isNote(request))
          return edit(remote, request, signal);
        const outcome = await connection.send(request, `${remote.id} of another kind`, signal);
        return outcome.kind === "posted" ? { kind: "done" } : edit(remote, request, signal);
      },
    };
  }),
};
