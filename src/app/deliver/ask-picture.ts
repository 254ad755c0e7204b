import type { Account } from "../../domain/account.ts";
import { type PictureCap, type PictureState, sameCap, stateOfPicture } from "../../domain/picture.ts";
import type { Post } from "../../domain/post.ts";
import type { Wait } from "../../domain/send-rules.ts";
import type { Network, Networks } from "../../ports/networks.ts";
import type { Pictures } from "../../ports/pictures.ts";
import type { Clock } from "../../ports/runtime.ts";

interface Ports {
  /** Absent: this runtime prepares none. */
  readonly pictures?: Pictures;
  readonly networks: Pick<Networks, "get">;
  readonly accounts: readonly Account[];
  readonly clock: Clock;
}

interface Target {
  readonly account: Account;
  readonly network: Network;
}

interface PictureAnswer {
  readonly kind: "go";
  /** Why it goes without its picture. */
  readonly note: string | undefined;
}

/** Of all networks, so that a file is fetched and decoded once. */
const capsOf = ({ accounts, networks }: Ports): readonly PictureCap[] =>
  accounts
    .flatMap((account) => networks.get(account.network).picture?.(account) ?? [])
    .filter((cap, index, all) => all.findIndex((other) => sameCap(cap, other)) === index);

/** Undefined: there is none, or the network takes none. */
const readPictureState = async (post: Post, target: Target, ports: Ports): Promise<PictureState | undefined> => {
  const { pictures, clock } = ports;
  const cap = target.network.picture?.(target.account);
  if (pictures === undefined || post.image === undefined || cap === undefined) return undefined;
  const record = await pictures.prepare(post.image.url, capsOf(ports));
  return stateOfPicture(record, cap, clock());
};

/** Prepares the picture of a post. The post waits for it, though not for long. */
export const askPicture = async (post: Post, target: Target, ports: Ports): Promise<Wait | PictureAnswer> => {
  const state = await readPictureState(post, target, ports);
  if (state === undefined || state.kind === "ready") return { kind: "go", note: undefined };
  if (state.kind === "without") return { kind: "go", note: `it went without its picture: ${state.problem}` };
  const reason = `waits for its picture${state.problem === undefined ? "" : `: ${state.problem}`}`;
  return { kind: "wait", until: state.until, reason };
};

/** The sandbox does not wait, and does not fetch what could not be found when the post was published. */
export const askPictureInSandbox = async (post: Post, target: Target, ports: Ports): Promise<PictureAnswer> => {
  const { image, enclosure } = post;
  const without = (why: string): PictureAnswer => ({ kind: "go", note: `it went without its picture: ${why}` });
  const isTaken = target.network.picture?.(target.account) !== undefined && ports.pictures !== undefined;
  if (isTaken && image !== undefined && enclosure?.url === image.url && enclosure.mediaType === undefined)
    return without("it could not be found when the post was published");
  const state = await readPictureState(post, target, ports);
  if (state === undefined || state.kind === "ready") return { kind: "go", note: undefined };
  return without(state.problem ?? "it was not ready");
};
