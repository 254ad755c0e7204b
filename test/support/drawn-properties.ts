import fc from "fast-check";
import { drawnSeed } from "./drawn-seed.ts";

/** `npm run test:properties` draws the values of its commit. */
fc.configureGlobal({ seed: drawnSeed });
