/** The preview of a link. */
export interface Card {
  readonly url: string;
  readonly title: string;
  readonly description: string;
  /** The path of its picture in the sandbox, or the address that the network was given. */
  readonly picture?: string;
}

/** A picture that is attached to a post. */
export interface AttachedPicture {
  /** Its path in the sandbox, or the address that the network was given. */
  readonly path: string;
  /** Empty if the author wrote none. */
  readonly alt: string;
}

/** A post that the emulated network keeps. */
export interface TimelinePost {
  readonly account: string;
  readonly network: string;
  readonly id: string;
  readonly text: string;
  readonly url: string;
  /** When the request arrived (RFC 3339). */
  readonly createdAt: string;
  readonly editedAt: string | null;
  readonly deletedAt: string | null;
  /** The length by the network's own rule, counted by the emulator. */
  readonly length: number;
  readonly limit: number;
  readonly card: Card | null;
  readonly pictures?: readonly AttachedPicture[];
  /** The idempotency key of its request. */
  readonly key: string | null;
  /** The body of the request. */
  readonly request: unknown;
}

/** The posts of the sandbox. A post is visible at once, and durable when the promise of `put` resolves. */
export interface Timeline {
  /** Returns all posts, the oldest first. */
  all(): readonly TimelinePost[];
  /** Adds the post, or replaces the one with its account and id. */
  put(post: TimelinePost): Promise<void>;
}

/** A timeline that is lost when the process ends. */
export const timelineInMemory = (): Timeline => {
  const posts = new Map<string, TimelinePost>();
  return {
    all: () => [...posts.values()],
    put: async (post) => {
      posts.set(`${post.account} ${post.id}`, post);
    },
  };
};

export const isLive = ({ deletedAt }: TimelinePost): boolean => deletedAt === null;

/** A file that a client uploaded to an emulated network. */
export interface Blob {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The alternative text. */
  readonly alt?: string;
}

/** The uploaded files, by an id of their content. */
export interface Blobs {
  read(id: string): Promise<Blob | undefined>;
  put(id: string, blob: Blob): Promise<void>;
}

/** Files that are lost when the process ends. */
export const blobsInMemory = (): Blobs => {
  const blobs = new Map<string, Blob>();
  return {
    read: async (id) => blobs.get(id),
    put: async (id, blob) => {
      blobs.set(id, blob);
    },
  };
};
