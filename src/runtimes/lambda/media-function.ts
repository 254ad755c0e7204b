import { InvocationType, InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { config } from "crier-config";
import * as z from "zod";
import { prepareRequested } from "../../app/pictures/prepare-picture.ts";
import { hash } from "../../compose.ts";
import { s3Objects } from "../../objects/s3-objects.ts";
import { connectOutside, ownAddresses } from "../../outside/connect-outside.ts";
import { prepare } from "../../pictures/prepare.ts";
import { storedPictures } from "../../pictures/stored-pictures.ts";
import type { PictureJob, RequestPicture } from "../../ports/pictures.ts";
import { systemRuntime } from "../system-runtime.ts";
import { type Environment, requireVariable } from "./environment.ts";

/** Not in compose-functions.ts, so that no other bundle contains the decoder. */
export const composeMediaFunction = (env: Environment) => {
  const { clock, deadline } = systemRuntime;
  const { sites } = config;
  const objects = s3Objects({ client: new S3Client({}), bucket: requireVariable(env, "FEEDS_BUCKET") });
  const { fetchPicture } = connectOutside({ about: sites[0]?.url ?? "", own: ownAddresses(sites), deadline });
  const pictureStore = storedPictures(objects, hash);
  return {
    prepare: (job: PictureJob) => prepareRequested(job, { pictureStore, fetchPicture, scalePicture: prepare, clock }),
  };
};

/** The event with which the function that prepares pictures is invoked. */
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

/** Invokes asynchronously: Lambda keeps the job until it has run, and nobody waits for its end. */
export const requestByInvocation =
  ({ client, media }: RequestOptions): RequestPicture =>
  async (job) => {
    await client.send(
      new InvokeCommand({ FunctionName: media, InvocationType: InvocationType.Event, Payload: JSON.stringify(job) }),
    );
  };
