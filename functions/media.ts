import { composeMediaFunction, PictureJobSchema } from "../src/runtimes/lambda/media-function.ts";

const { prepare } = composeMediaFunction(process.env);

/** The pictures of posts, as deliver asks for them. */
export const handler = (event: unknown): Promise<void> => prepare(PictureJobSchema.parse(event));
