const absent = (): never => {
  throw new Error(
    "The SDK's event streams are not in the functions' bundles: make no call that answers with one, or remove infra/bundling/stand-ins/event-streams.ts.",
  );
};

/** Every S3 client needs these when it is created. Only SelectObjectContent uses them. */
export const resolveEventStreamSerdeConfig = <Config>(config: Config): Config => config;
export const eventStreamSerdeProvider = absent;
export const EventStreamSerde = absent;
