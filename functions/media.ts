import { composeMediaFunction, PictureJobSchema } from "../src/runtimes/lambda/media-function.ts";

const { prepare } = composeMediaFunction(process.env);

/** Prepares the pictures of posts that deliver requests. */
export const handler = (event: unknown): Promise<void> => prepare(PictureJobSchema.parse(event));
