import { mastodon } from "../../src/networks/mastodon.ts";
import { networkContract } from "../contract/network.ts";

networkContract(mastodon);
