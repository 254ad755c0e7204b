/** A post as the emulated network keeps it. */
export interface TimelinePost {
  readonly account: string;
  readonly network: string;
  readonly id: string;
  readonly text: string;
  readonly url: string;
  /** RFC 3339: when it arrived. */
  readonly createdAt: string;
  readonly editedAt: string | null;
  readonly deletedAt: string | null;
  /** By the network's own rule, counted here and not by the adapter. */
  readonly length: number;
  readonly limit: number;
  readonly card: { readonly url: string; readonly title: string; readonly description: string } | null;
  /** The idempotency key that it came with. */
  readonly key: string | null;
  /** The request as it came. */
  readonly request: unknown;
}

/** Where the sandbox keeps its posts. What is put is seen at once, and is safe when the promise resolves. */
export interface Timeline {
  /** The oldest first. */
  all(): readonly TimelinePost[];
  /** Adds, or replaces the post of that account and id. */
  put(post: TimelinePost): Promise<void>;
}

/** A timeline that ends with the process. */
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
