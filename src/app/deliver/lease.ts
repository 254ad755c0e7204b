import { type Delivery, longestLease } from "../../domain/delivery.ts";
import { second } from "../../domain/time.ts";

/** Longer than a deliver function may run: a killed one cannot outlive its lease. The sandbox dies with its runtime. */
export const leaseFor = ({ sandbox }: Delivery): number => (sandbox ? 8 * second : longestLease);

/** Of a search or a send. Whose the login is (5 s), a search and a send end within one run of the function (60 s). */
export const deadlineFor = ({ sandbox }: Delivery): number => (sandbox ? 3 * second : 25 * second);
