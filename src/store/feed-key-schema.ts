import * as z from "zod";
import { type FeedKey, isFeedKey } from "../domain/feed-key.ts";

export const feedKey = z.custom<FeedKey>(isFeedKey, "names no feed");
