import { announcedByHand } from "../../domain/merge-post.ts";
import { conflict, retryOnConflict } from "../../domain/retry-on-conflict.ts";
import type { Site } from "../../domain/site.ts";
import type { Clock } from "../../ports/runtime.ts";
import { savePost } from "../save-post.ts";
import type { Announced } from "../site-api.ts";
import { type FindPorts, findPost } from "../status/find-post.ts";

/** A person announces a post by its name: what was left out because the post was there before or is old, or once more. */
export const announce = (
  site: Site,
  name: string,
  options: { readonly again?: boolean },
  ports: FindPorts & { readonly clock: Clock },
): Promise<Announced | undefined> =>
  retryOnConflict(`the post ${name}`, async () => {
    const post = await findPost(site, name, ports);
    if (post === undefined || post.gone !== undefined) return undefined;
    const announced = announcedByHand(post, options, ports.clock());
    if (announced === undefined) return { result: "unchanged", post };
    const saved = await savePost(announced, ports.posts);
    return saved === undefined ? conflict : { result: "updated", post: saved };
  });
