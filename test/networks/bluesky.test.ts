import { bluesky } from "../../src/networks/bluesky.ts";
import { networkContract } from "../contract/network.ts";

networkContract(bluesky);
