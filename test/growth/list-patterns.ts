import { parentPort } from "node:worker_threads";
import { ownPatterns } from "./built-patterns.ts";

parentPort?.postMessage(await ownPatterns());
