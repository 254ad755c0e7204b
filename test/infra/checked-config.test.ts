import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkedConfig } from "../../infra/checked-config.ts";

const site = { id: "blog", title: "A Blog", url: "https://blog.example.com/" };

describe("what the stack is made of", () => {
  test("is the configuration, and production where no stage is named", () => {
    expect(checkedConfig({ sites: [site] }, undefined)).toMatchObject({
      config: { sites: [{ id: "blog", language: "en" }] },
      stage: "production",
    });
  });

  test("is refused with a line for each mistake, in the configuration and in the stage", () => {
    expect(checkedConfig({ sites: [{ ...site, url: "nowhere" }], accounts: 1 }, "Live")).toEqual({
      problems: [
        "crier.config.ts: sites[0].url: use an absolute URL, for example https://blog.example.com/",
        "crier.config.ts: accounts: use a list: [ … ]",
        expect.stringMatching(/^The stage "Live" is not a valid name: .*-c stage=preview\.$/),
      ],
    });
  });

  test("is asked for by the app, which ends with 1 and those lines alone", () => {
    const folder = mkdtempSync(join(tmpdir(), "crier-app-"));
    const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, "../../infra/app.ts")], {
      encoding: "utf8",
      env: { ...process.env, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: JSON.stringify({ stage: "Live" }) },
    });
    rmSync(folder, { recursive: true });
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^The stage "Live" is not a valid name: .*\n$/)]);
  });
});
