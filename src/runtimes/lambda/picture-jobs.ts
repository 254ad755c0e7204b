import { InvocationType, InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import * as z from "zod";
import type { PictureJob, RequestPicture } from "../../ports/pictures.ts";

/** What the function that prepares pictures is invoked with. */
export const PictureJobSchema = z.object({
  url: z.string(),
  caps: z.array(z.object({ maxBytes: z.number(), maxSide: z.number() })),
  attempts: z.number(),
  next: z.number(),
}) satisfies z.ZodType<PictureJob>;

interface RequestOptions {
  readonly client: LambdaClient;
  /** The name of the function that prepares pictures. */
  readonly media: string;
}

/** Lambda keeps the job until it has run: nobody waits for its end. */
export const requestByInvocation =
  ({ client, media }: RequestOptions): RequestPicture =>
  async (job) => {
    await client.send(
      new InvokeCommand({ FunctionName: media, InvocationType: InvocationType.Event, Payload: JSON.stringify(job) }),
    );
  };
