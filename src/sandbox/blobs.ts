/** A file that a client uploaded to an emulated network. */
export interface Blob {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What it shows, in words. */
  readonly alt?: string;
}

/** The uploaded files, by their content's id. */
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
