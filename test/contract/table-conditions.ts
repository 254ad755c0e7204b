import type { Condition, Row } from "../../src/store/table.ts";

/** The row that is stored when a condition is checked, or no row. */
type Stored = Row | undefined;

interface Case<C extends Condition> {
  readonly condition: C;
  readonly holds: readonly Stored[];
  readonly fails: readonly Stored[];
}

const none = undefined;
const bare: Row = {};
const leased = (holder: string, until: number): Row => ({ lease: { holder, until } });

/** Every kind of condition, with its result for no row and for a row without the attribute. */
export const conditionCases: {
  readonly [Kind in Condition["kind"]]: readonly Case<Extract<Condition, { kind: Kind }>>[];
} = {
  absent: [{ condition: { kind: "absent" }, holds: [none], fails: [bare] }],
  present: [{ condition: { kind: "present" }, holds: [bare], fails: [none] }],
  notNewer: [
    {
      condition: { kind: "notNewer", version: 2 },
      holds: [none, { version: 1 }, { version: 2 }],
      fails: [{ version: 3 }, bare],
    },
  ],
  is: [
    {
      condition: { kind: "is", field: "version", value: 2 },
      holds: [{ version: 2 }],
      fails: [{ version: 3 }, { version: "2" }, bare, none],
    },
    {
      condition: { kind: "is", field: "title", value: "été" },
      holds: [{ title: "été" }],
      fails: [{ title: "Été" }, { title: "e\u0301te\u0301" }, { title: "" }, bare, none],
    },
  ],
  unversioned: [
    {
      condition: { kind: "unversioned" },
      holds: [bare, { version: "2" }, { version: [2] }],
      fails: [{ version: 2 }, none],
    },
  ],
  formatAtMost: [
    {
      condition: { kind: "formatAtMost", format: 2 },
      holds: [{ format: 1 }, { format: 2 }, { format: "3" }, bare, none],
      fails: [{ format: 3 }, { format: 10 }],
    },
  ],
  lacks: [
    { condition: { kind: "lacks", field: "lease" }, holds: [bare, none], fails: [leased("a", 1)] },
    { condition: { kind: "lacks", field: "failures" }, holds: [bare, none], fails: [{ failures: 0 }] },
  ],
  dueBy: [
    {
      condition: { kind: "dueBy", at: 5 },
      holds: [{ dueAt: 5 }, { dueAt: -4 }],
      fails: [{ dueAt: 6 }, { dueAt: 10 }, bare, none],
    },
  ],
  dueLater: [
    {
      condition: { kind: "dueLater", at: 5 },
      holds: [{ dueAt: 6 }, { dueAt: 10 }, bare, none],
      fails: [{ dueAt: 5 }, { dueAt: 4 }],
    },
  ],
  leaseFree: [
    {
      condition: { kind: "leaseFree", now: 5 },
      holds: [leased("a", 5), leased("a", 4), bare, none],
      fails: [leased("a", 6)],
    },
  ],
  leaseOf: [
    {
      condition: { kind: "leaseOf", holder: "a" },
      holds: [leased("a", 5)],
      fails: [leased("b", 5), bare, none],
    },
  ],
  leaseNotOf: [
    {
      condition: { kind: "leaseNotOf", holder: "a" },
      holds: [leased("b", 5), bare, none],
      fails: [leased("a", 5)],
    },
  ],
  all: [
    {
      condition: {
        kind: "all",
        of: [
          { kind: "present" },
          { kind: "leaseNotOf", holder: "a" },
          { kind: "dueLater", at: 5 },
          { kind: "notNewer", version: 2 },
        ],
      },
      holds: [{ version: 2 }, { version: 1, dueAt: 6, ...leased("b", 5) }],
      fails: [none, bare, { version: 3 }, { version: 2, dueAt: 5 }, { version: 2, dueAt: 6, ...leased("a", 5) }],
    },
    {
      condition: {
        kind: "all",
        of: [
          { kind: "all", of: [{ kind: "dueBy", at: 5 }] },
          { kind: "lacks", field: "lease" },
        ],
      },
      holds: [{ dueAt: 5 }],
      fails: [bare, { dueAt: 5, ...leased("a", 1) }],
    },
  ],
};
