import { AsyncLocalStorage } from "node:async_hooks";
import { type RowWrites, readByOne, rowWrites } from "../../infra/row-writes.ts";
import type { Ref } from "../../src/ports/store.ts";
import { type Key, partitions } from "../../src/store/keys.ts";
import type { Change, Condition, Row, Table } from "../../src/store/table.ts";
import type { TestedApp } from "./app.ts";

type FunctionName = keyof typeof rowWrites;

/** The function that would run what runs now, on AWS. */
const running = new AsyncLocalStorage<FunctionName>();

/** The attributes that a condition names in DynamoDB. */
const comparedBy = (condition: Condition | undefined): readonly string[] => {
  switch (condition?.kind) {
    case undefined:
      return [];
    case "absent":
    case "present":
      return ["pk"];
    case "unversioned":
    case "notNewer":
      return ["pk", "version"];
    case "formatAtMost":
      return ["format"];
    case "is":
    case "lacks":
      return [condition.field];
    case "dueBy":
    case "dueLater":
      return ["dueAt"];
    case "leaseFree":
    case "leaseOf":
    case "leaseNotOf":
      return ["lease"];
    case "all":
      return condition.of.flatMap(comparedBy);
  }
};

const named = (row: Row = {}): readonly string[] => Object.keys(row).filter((name) => row[name] !== undefined);

const changedBy = ({ set, setIfMissing, remove = [], add }: Change): readonly string[] => [
  ...[set, setIfMissing, add].flatMap(named),
  ...remove,
];

const isAllowed = (name: FunctionName, action: RowWrites["action"], { pk }: Key, attributes: readonly string[]) =>
  rowWrites[name].some(
    (one) =>
      one.action === action &&
      one.of.some((partition) => pk.startsWith(`${partitions[partition]}#`)) &&
      !attributes.some((attribute) => one.without?.includes(attribute)),
  );

const check = (action: RowWrites["action"], { pk, sk }: Key, attributes: readonly string[]): void => {
  const name = running.getStore();
  if (name === undefined || isAllowed(name, action, { pk, sk }, attributes)) return;
  throw new Error(`AccessDenied: ${name} may not ${action} ${pk} ${sk} with ${attributes.join(", ")}`);
};

const checkRead = (pk: string): void => {
  const name = running.getStore();
  const only = readByOne.find(({ rows }) => pk.startsWith(`${partitions[rows]}#`))?.by;
  if (name === undefined || only === undefined || only === name) return;
  throw new Error(`AccessDenied: ${name} may not read ${pk}`);
};

/** A table that denies a request as IAM denies it to the role of the function that would make it. */
export const underRights = (table: Table): Table => ({
  get: async (key) => {
    checkRead(key.pk);
    return table.get(key);
  },
  page: async (query) => {
    if (query.index === undefined) checkRead(query.partition);
    return table.page(query);
  },
  put: async (row, condition, options) => {
    check("PutItem", row, [...named(row), ...comparedBy(condition)]);
    return table.put(row, condition, options);
  },
  update: async (key, change, condition) => {
    check("UpdateItem", key, [...changedBy(change), ...comparedBy(condition)]);
    return table.update(key, change, condition);
  },
  remove: async (key, condition) => {
    check("DeleteItem", key, comparedBy(condition));
    return table.remove(key, condition);
  },
});

const within =
  <Given extends readonly unknown[], Answer>(name: FunctionName, act: (...given: Given) => Answer) =>
  (...given: Given): Answer =>
    running.run(name, () => act(...given));

const asWeb = <Part extends object>(part: Part): Part =>
  new Proxy(part, {
    get(target, key, receiver) {
      const value: unknown = Reflect.get(target, key, receiver);
      return typeof value === "function"
        ? within("web", (...given: readonly unknown[]) => Reflect.apply(value, target, given))
        : value;
    },
  });

const workers: Readonly<Record<Ref["kind"], FunctionName>> = {
  post: "publish",
  feed: "render",
  delivery: "deliver",
  ping: "deliver",
  notice: "deliver",
};

/** The app of one process, each part of it with the rights of the function that it is a part of on AWS. */
export const asFunctions = (app: TestedApp): TestedApp => ({
  ...asWeb(app),
  sites: app.sites,
  ingest: within("ingest", app.ingest),
  reconcile: within("reconcile", app.reconcile),
  poll: within("reconcile", app.poll),
  audit: within("relay", app.audit),
  wakeUnknown: within("reconcile", app.wakeUnknown),
  watchLogins: within("deliver", app.watchLogins),
  sweep: within("relay", app.sweep),
  work: (ref) => running.run(workers[ref.kind], () => app.work(ref)),
});
