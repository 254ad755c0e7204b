import type { Hono } from "hono";
import type { Account } from "../domain/account.ts";
import { isRecord } from "../domain/json-value.ts";
import type { Blob } from "./blobs.ts";
import type { EmulatorContext, SandboxEnv } from "./emulator.ts";
import type { AttachedPicture, TimelinePost } from "./timeline.ts";

const pathOf = (account: Account, id: string): string =>
  `/sandbox/api/${account.network}/${encodeURIComponent(account.name)}/media/${id}`;

/** Of each account a store of its own. */
const keyOf = ({ name, network }: Account, id: string): string => `${network}:${name}:${id}`;

/** The uploaded pictures of one network. */
export const attachedMedia = ({ blobs, nextId }: EmulatorContext) => {
  const read = (account: Account, id: string) => blobs.read(keyOf(account, id));
  const put = (account: Account, id: string, blob: Blob) => blobs.put(keyOf(account, id), blob);
  return {
    read,
    put,
    add: async (account: Account, blob: Blob): Promise<string> => {
      const id = nextId();
      await put(account, id, blob);
      return id;
    },
    /** Where everybody sees them. */
    addRoute: (api: Hono<SandboxEnv>): void => {
      api.get("/media/:id", async (c) => {
        const blob = await read(c.get("account"), c.req.param("id"));
        return blob === undefined
          ? new Response(null, { status: 404 })
          : new Response(blob.bytes, { headers: { "content-type": blob.type } });
      });
    },
    /** What a post shows of its media; undefined where one of them is not there. */
    shown: async (
      account: Account,
      ids: readonly string[],
    ): Promise<{ readonly picture?: AttachedPicture } | undefined> => {
      const found = await Promise.all(ids.map((id) => read(account, id)));
      if (found.includes(undefined)) return undefined;
      const [id] = ids;
      return id === undefined ? {} : { picture: { path: pathOf(account, id), alt: found[0]?.alt ?? "" } };
    },
  };
};

/** The ids of the media in a stored request. */
export const mediaIdsIn = (request: TimelinePost["request"]): readonly string[] => {
  const ids = isRecord(request) ? request.media_ids : undefined;
  return Array.isArray(ids) ? ids.map(String) : [];
};
