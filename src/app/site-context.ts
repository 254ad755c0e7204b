import type { Site } from "../domain/site.ts";
import type { ActLog, Memberships } from "../ports/store.ts";
import type { ActPorts } from "./deliver/act-on-deliveries.ts";
import type { ResolvePorts } from "./deliver/change-delivery.ts";
import type { ResumePorts } from "./deliver/stop-sending.ts";
import type { RemovePorts } from "./ingest/deletions.ts";
import type { AnnouncePorts, PutPorts } from "./ingest/post-commands.ts";
import type { LoginPorts } from "./status/check-logins.ts";
import type { ListPorts } from "./status/delivery-status.ts";
import type { FeedPorts, SourcePorts } from "./status/feed-status.ts";
import type { DocumentListPorts } from "./status/find-post.ts";
import type { PlanPorts } from "./status/plan.ts";
import type { PostStatusPorts, ReportPorts } from "./status/status.ts";

/** A site, and what the use cases are called with that read no document: those of the console. */
export interface DecisionContext {
  readonly site: Site;
  readonly ports: AnnouncePorts &
    RemovePorts &
    PostStatusPorts &
    ListPorts &
    DocumentListPorts &
    ReportPorts &
    LoginPorts &
    FeedPorts &
    SourcePorts &
    ActPorts &
    ResolvePorts &
    ResumePorts & { readonly actLog: ActLog; readonly memberships: Pick<Memberships, "newest"> };
}

/** A site, and all that the use cases of the HTTP API are called with for it. */
export interface SiteContext extends DecisionContext {
  readonly ports: DecisionContext["ports"] & PutPorts & PlanPorts;
}

/** One for each site, in the order of the configuration. */
export type ForEachSite<Context> = readonly [Context, ...(readonly Context[])];
export type SiteContexts = ForEachSite<SiteContext>;
