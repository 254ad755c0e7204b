import { x } from "../../src/networks/x.ts";
import { networkContract } from "../contract/network.ts";

networkContract(x);
