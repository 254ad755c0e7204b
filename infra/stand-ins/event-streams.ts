const absent = (): never => {
  throw new Error(
    "The SDK's event streams are not in the functions' bundles: make no call that answers with one, or take infra/stand-ins/event-streams.ts away.",
  );
};

/** Every client of S3 asks for these when it is made; only SelectObjectContent's answer is read with them. */
export const resolveEventStreamSerdeConfig = <Config>(config: Config): Config => config;
export const eventStreamSerdeProvider = absent;
export const EventStreamSerde = absent;
