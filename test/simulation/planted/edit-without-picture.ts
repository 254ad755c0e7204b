import type { Variant } from "../crier-process.ts";
import { parseFields } from "../network/network-model.ts";

/** An edit does not name the pictures that a status has, and the server removes them. */
export const editWithoutPicture: Variant = {
  fetch: (fetch) => async (url, init) => {
    if (init.method !== "PUT") return fetch(url, init);
    const { media_ids: _, ...fields } = parseFields(String(init.body));
    return fetch(url, { ...init, body: JSON.stringify(fields) });
  },
};
