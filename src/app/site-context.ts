import type { Site } from "../domain/site.ts";
import type { ActPorts } from "./deliver/act-on-deliveries.ts";
import type { ResolvePorts } from "./deliver/change-delivery.ts";
import type { StopPorts } from "./deliver/stop-sending.ts";
import type { AnnouncePorts, PutPorts, RemovePorts } from "./ingest/post-commands.ts";
import type { LoginPorts } from "./status/check-logins.ts";
import type { ListPorts } from "./status/delivery-status.ts";
import type { DocumentListPorts } from "./status/find-post.ts";
import type { PlanPorts } from "./status/plan.ts";
import type { FeedPorts, PostStatusPorts, ReportPorts, SourcePorts } from "./status/status.ts";

/** A site, and all that the use cases of the HTTP API are called with for it. */
export interface SiteContext {
  readonly site: Site;
  readonly ports: PutPorts &
    AnnouncePorts &
    RemovePorts &
    PlanPorts &
    PostStatusPorts &
    ListPorts &
    DocumentListPorts &
    ReportPorts &
    LoginPorts &
    FeedPorts &
    SourcePorts &
    ActPorts &
    ResolvePorts &
    StopPorts;
}

/** One for each site, in the order of the configuration. */
export type SiteContexts = readonly [SiteContext, ...(readonly SiteContext[])];
