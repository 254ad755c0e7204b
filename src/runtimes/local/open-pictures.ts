import { composePictures, hash } from "../../compose.ts";
import { prepareInChild } from "../../pictures/prepare-in-child.ts";
import { storedPictures } from "../../pictures/stored-pictures.ts";
import type { Objects } from "../../ports/feeds.ts";
import type { FetchPicture } from "../../ports/pictures.ts";
import type { Runtime } from "../../ports/runtime.ts";

interface PictureParts extends Pick<Runtime, "clock" | "setTimer"> {
  /** Where the feeds are. */
  readonly objects: Objects;
  readonly fetchPicture: FetchPicture;
}

/** The pictures of posts: prepared by a process of their own, stored beside the feeds. */
export const openPictures = ({ objects, fetchPicture, clock, setTimer }: PictureParts) => {
  const pictureStore = storedPictures(objects, hash);
  const scalePicture = prepareInChild(setTimer);
  return {
    pictures: composePictures({ pictureStore, fetchPicture, scalePicture, clock }),
    readPicture: pictureStore.read,
  };
};
