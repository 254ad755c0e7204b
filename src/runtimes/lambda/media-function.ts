import { S3Client } from "@aws-sdk/client-s3";
import { config } from "crier-config";
import { prepareRequested } from "../../app/pictures/prepare-picture.ts";
import { hash } from "../../compose.ts";
import { s3Objects } from "../../objects/s3-objects.ts";
import { connectOutside, ownAddresses } from "../../outside/connect-outside.ts";
import { prepare } from "../../pictures/prepare.ts";
import { storedPictures } from "../../pictures/stored-pictures.ts";
import type { PictureJob } from "../../ports/pictures.ts";
import { systemRuntime } from "../system-runtime.ts";
import { type Environment, requireVariable } from "./environment.ts";

/** Not in compose-functions.ts: the decoder is in no other bundle. */
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
