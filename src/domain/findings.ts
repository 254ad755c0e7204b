import type { FieldName } from "./field-keys.ts";
import type { Reason, Warning } from "./refusal.ts";

/** Collects everything that is wrong with one document, so that its author sees all of it at once, and what its fields were read from. */
export interface Findings {
  readonly reasons: readonly Reason[];
  readonly warnings: readonly Warning[];
  /** For each field the keys that gave it, or what did without a key: `the file's path`, `the body`, `the site`. */
  readonly origins: ReadonlyMap<FieldName, readonly string[]>;
  readFrom(field: FieldName, ...origins: readonly string[]): void;
  refuse(code: string, field: string | undefined, message: string): undefined;
  warn(code: string, field: string | undefined, message: string): undefined;
}

const maxWarnings = 50;

const findingOf = (code: string, field: string | undefined, message: string): Reason & Warning =>
  field === undefined ? { code, message } : { code, field, message };

export const findings = (): Findings => {
  const reasons: Reason[] = [];
  const warnings: Warning[] = [];
  const origins = new Map<FieldName, readonly string[]>();
  return {
    reasons,
    warnings,
    origins,
    readFrom: (field, ...from) => {
      origins.set(field, from);
    },
    refuse: (code, field, message) => {
      reasons.push(findingOf(code, field, message));
    },
    warn: (code, field, message) => {
      const known = warnings.some((one) => one.code === code && one.message === message);
      if (!known && warnings.length < maxWarnings) warnings.push(findingOf(code, field, message));
    },
  };
};
