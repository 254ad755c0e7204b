import { describe } from "vitest";
import { accountsContract } from "./accounts.ts";
import { aliasesContract } from "./aliases.ts";
import { archiveContract } from "./archive.ts";
import { deliveriesContract } from "./deliveries.ts";
import { documentsContract } from "./documents.ts";
import { dueContract } from "./due.ts";
import type { Empty } from "./empty.ts";
import { feedLeasesContract } from "./feed-leases.ts";
import { feedsContract } from "./feeds.ts";
import { membershipsContract } from "./memberships.ts";
import { noticesContract } from "./notices.ts";
import { pageChecksContract } from "./page-checks.ts";
import { pingsContract } from "./pings.ts";
import { postsContract } from "./posts.ts";
import { rateWindowsContract } from "./rate-windows.ts";
import { sourceStatesContract } from "./source-states.ts";
import { translationsContract } from "./translations.ts";

/** What every store must do. */
export const storeContract = (empty: Empty): void => {
  describe("posts", () => postsContract(empty));
  describe("aliases", () => aliasesContract(empty));
  describe("translations", () => translationsContract(empty));
  describe("documents", () => documentsContract(empty));
  describe("states of sources", () => sourceStatesContract(empty));
  describe("feeds", () => feedsContract(empty));
  describe("leases of feeds", () => feedLeasesContract(empty));
  describe("pings", () => pingsContract(empty));
  describe("notices", () => noticesContract(empty));
  describe("memberships", () => membershipsContract(empty));
  describe("deliveries", () => deliveriesContract(empty));
  describe("accounts", () => accountsContract(empty));
  describe("page checks", () => pageChecksContract(empty));
  describe("rate windows", () => rateWindowsContract(empty));
  describe("due", () => dueContract(empty));
  describe("archive", () => archiveContract(empty));
};
