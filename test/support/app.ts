import { actOnAll, actOnDelivery, actOnPost, withdrawCopy } from "../../src/app/deliver/act-on-deliveries.ts";
import { anonymous, type Decision, resolve, retry } from "../../src/app/deliver/change-delivery.ts";
import { measureText, readText, saveText, useDocumentText } from "../../src/app/deliver/edit-text.ts";
import { resumeSending, stopSending } from "../../src/app/deliver/stop-sending.ts";
import { remove } from "../../src/app/ingest/deletions.ts";
import { announce, put } from "../../src/app/ingest/post-commands.ts";
import type { SentFile } from "../../src/app/results.ts";
import type { SiteContext } from "../../src/app/site-context.ts";
import { checkLogin } from "../../src/app/status/check-logins.ts";
import { listDeliveries, listScheduled, listUpcoming } from "../../src/app/status/delivery-status.ts";
import { listFeeds, listSources } from "../../src/app/status/feed-status.ts";
import { listPages, listRefused, listWaiting } from "../../src/app/status/find-post.ts";
import { plan } from "../../src/app/status/plan.ts";
import { checkAccounts, findStatus, listAccounts, listPosts } from "../../src/app/status/status.ts";
import { type App, type AppDependencies, composeApp } from "../../src/compose.ts";
import type { DeliveryState } from "../../src/domain/delivery.ts";
import type { DeliveryAction } from "../../src/domain/delivery-commands.ts";
import type { AgainOptions, PublishOptions } from "../../src/domain/merge-post.ts";

/** The use cases of one site, without the site and the ports, which are the same in each call of a test. */
export const useCases = ({ site, ports }: SiteContext) => ({
  site,
  put: (name: string, bytes: Uint8Array, options: PublishOptions & AgainOptions & SentFile = {}) =>
    put({ site, name, bytes, ...options }, options, ports),
  announce: (name: string, options: AgainOptions & Pick<PublishOptions, "expected">) =>
    announce(site, name, options, ports),
  remove: (name: string, options: Parameters<typeof remove>[2] = {}) => remove(site, name, options, ports),
  plan: (bytes: Uint8Array, fileName: string, file?: string) => plan(bytes, fileName, file, site, ports),
  status: (name: string) => findStatus(site, name, ports),
  list: (from?: string) => listPosts(site.id, from, ports),
  refused: (name?: string) => listRefused(site.id, name, ports),
  pages: (name?: string) => listPages(site.id, name, ports),
  waiting: () => listWaiting(site.id, ports),
  deliveries: (state: DeliveryState, from?: string) => listDeliveries(state, from, ports),
  upcoming: (limit: number, from?: string) => listUpcoming({ limit, from }, ports),
  scheduled: () => listScheduled(site.id, ports),
  accounts: () => listAccounts(ports),
  checkAccounts: () => checkAccounts(ports),
  logIn: () => Promise.all(ports.accounts.map((account) => checkLogin(account, ports))),
  feeds: () => listFeeds(site, ports),
  sources: () => listSources(site, ports),
  retry: (id: string) => retry(site.id, id, anonymous, ports),
  resolve: (id: string, as: "posted" | "retry") => resolve(site.id, id, as, anonymous, ports),
  withdraw: (name: string, account: string) => withdrawCopy(site, name, account, anonymous, ports),
  text: (post: string, account: string) => readText(site, { post, account }, ports),
  measureText: (post: string, account: string, text: string) => measureText(site, { post, account }, text, ports),
  editText: (
    post: string,
    account: string,
    text: string,
    { ifOvertaken = "ask", ...decision }: Partial<Decision> & { readonly ifOvertaken?: "ask" | "mine" } = {},
  ) => saveText(site, { post, account }, { text, ifOvertaken }, { ...anonymous, ...decision }, ports),
  documentText: (post: string, account: string, decision: Partial<Decision> = {}) =>
    useDocumentText(site, { post, account }, { ...anonymous, ...decision }, ports),
  documentTextOf: (delivery: string) => useDocumentText(site, { delivery }, anonymous, ports),
  stop: (account?: string, why = "a wrong link", by?: string) => stopSending(account, { why, by }, ports),
  resume: (account?: string, { by, isConfirmed = false }: { by?: string; isConfirmed?: boolean } = {}) =>
    resumeSending(account, { by, isConfirmed }, ports),
  act: (act: DeliveryAction, id: string, decision: Partial<Decision> = {}) =>
    actOnDelivery(site.id, act, id, { ...anonymous, ...decision }, ports),
  actOnPost: (act: DeliveryAction, name: string) => actOnPost(site, act, name, anonymous, ports),
  actOnAll: (act: DeliveryAction, from?: string) => actOnAll(site.id, act, from, anonymous, ports),
});

/** The app of one process, with the use cases of its first site. */
export const withUseCases = (app: App) => ({ ...app, ...useCases(app.sites[0]) });

export const composeTestedApp = (dependencies: AppDependencies) => withUseCases(composeApp(dependencies));

export type TestedApp = ReturnType<typeof composeTestedApp>;
