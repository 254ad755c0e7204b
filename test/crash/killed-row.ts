import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Delivery } from "../../src/domain/delivery.ts";
import type { Act, Point } from "./cells.ts";
import { deliveryRef, openStore } from "./crash-store.ts";
import type { Open } from "./worker-messages.ts";

/** True if the use case leaves such a row at this point. */
export const isLeftAt = (act: Act, point: Point, delivery: Delivery): boolean =>
  act === "send"
    ? isLeftBySend(point, delivery)
    : act === "reply"
      ? isLeftByReply(point, delivery)
      : isLeftByChange(act, point, delivery);

const isLeftByReply = (point: Point, { state, leaseUntil, open }: Delivery): boolean => {
  if (point === "after record") return state === "posted" || (state === "unsettled" && leaseUntil === undefined);
  if (state !== "unsettled" || point === "before look-up") return state === "unsettled";
  if (point === "after read") return leaseUntil === undefined;
  return leaseUntil !== undefined && (open === 0) === (point === "after claim");
};

const isLeftByChange = (act: "edit" | "deletion", point: Point, { state, leaseUntil }: Delivery): boolean => {
  const [changing, changed] = act === "edit" ? ["editing", "posted"] : ["deleting", "deleted"];
  if (point === "after read") return state === "posted";
  if (point === "after record") return state === changed || (state === changing && leaseUntil === undefined);
  return state === changing && leaseUntil !== undefined;
};

const isLeftBySend = (point: Point, { state, sent }: Delivery): boolean => {
  switch (point) {
    case "after read":
      return state === "pending";
    case "after claim":
      return state === "sending" && sent === undefined;
    case "before send":
    case "mid-request":
    case "after response":
    case "before record":
      return state === "sending" && sent !== undefined;
    case "after record":
      return state === "posted" || state === "unsettled" || state === "pending";
    case "before look-up":
      return state === "unsettled";
  }
};

/** Reads the rows without changing them. Opening the file of one machine repairs it, so a copy is read. */
export const readRows = async (place: Open["store"], names: readonly string[]): Promise<readonly Delivery[]> => {
  const folder = await mkdtemp(join(tmpdir(), "crier-copy-"));
  if (place.engine === "sqlite") await cp(place.folder, folder, { recursive: true });
  const { store, close } = await openStore({ ...place, folder }, Date.now);
  try {
    const rows = await Promise.all(names.map((name) => store.deliveries.read(deliveryRef(name))));
    return rows.flatMap((row) => row ?? []);
  } finally {
    await close();
    await rm(folder, { recursive: true });
  }
};
