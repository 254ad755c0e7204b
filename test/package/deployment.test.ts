import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { install, ownConfig, ownWorkspace, root } from "./workspace.ts";

const run = promisify(execFile);
const { owner, work } = await ownWorkspace("a deployment");

describe("a deployment from the package", () => {
  const peerRanges = async () => {
    const { peerDependencies } = JSON.parse(await readFile(join(owner, "node_modules/crier/package.json"), "utf8"));
    return z.record(z.string(), z.string()).parse(peerDependencies);
  };
  const installPeer = async (name: string, version: string) => {
    await mkdir(join(owner, "node_modules", name));
    await writeFile(join(owner, "node_modules", name, "package.json"), JSON.stringify({ name, version }));
  };
  const synthesise = (context: object = {}) =>
    run(process.execPath, ["app.ts"], {
      cwd: owner,
      env: {
        ...process.env,
        CDK_OUTDIR: join(work, "cdk.out"),
        CDK_CONTEXT_JSON: JSON.stringify(context),
        CDK_VALIDATION: "false",
      },
    });

  beforeAll(async () => {
    await writeFile(join(owner, "crier.config.ts"), ownConfig);
    const app = 'import { crierApp } from "crier/cdk";\nimport config from "./crier.config.ts";\ncrierApp(config);\n';
    await writeFile(join(owner, "app.ts"), app);
  });

  test("without the CDK's library, or with one that is too old, says which to install", async () => {
    const peers = await peerRanges();
    const [library, constructs] = [peers["aws-cdk-lib"], peers.constructs];
    const next = "run npm install --save-dev aws-cdk-lib@2 constructs@10";
    const refusal = async () => String(await synthesise().catch((error) => error));
    expect(await refusal()).toContain(
      `crier/cdk needs aws-cdk-lib ${library} (not installed) and constructs ${constructs} (not installed): ${next}`,
    );
    await installPeer("aws-cdk-lib", "2.99.9");
    await installPeer("constructs", "10.99.0");
    expect(await refusal()).toContain(`crier/cdk needs aws-cdk-lib ${library} (2.99.9 is installed): ${next}`);
    // No trace of calls hides the sentence.
    expect(await refusal()).not.toContain("    at ");
  });

  test("has the logical ids of a clone's with the lowest versions that are allowed, and the owner's configuration beside each function", async () => {
    const peers = await peerRanges();
    const lowest = Object.entries(peers).map(([name, range]) => `${name}@${range.replace("^", "")}`);
    await run("npm", [...install, "--prefix", join(work, "lowest"), ...lowest]);
    for (const name of Object.keys(peers)) {
      await rm(join(owner, "node_modules", name), { recursive: true, force: true });
      await symlink(join(work, "lowest/node_modules", name), join(owner, "node_modules", name));
    }
    const assembly = join(work, "cdk.out");
    // For this machine, so that npm need not fetch sharp's libraries for another one.
    await synthesise({ sandbox: "http://127.0.0.1:1" });
    const { Resources } = JSON.parse(await readFile(join(assembly, "Crier-production.template.json"), "utf8"));
    const golden = (await readFile(join(root, "test/infra/logical-ids.txt"), "utf8")).trim().split("\n");
    const ids = Object.entries<{ Type: string }>(Resources).map(([id, { Type }]) => `${Type} ${id}`);
    // The list has a polled feed and an address for alarms, too.
    const more = golden.filter((line) => /FeedPolls|AWS::SNS::Subscription/.test(line));
    expect(ids.filter((line) => !line.startsWith("AWS::CDK::Metadata")).toSorted()).toEqual(
      golden.filter((line) => !more.includes(line)),
    );
    const assets = (await readdir(assembly)).filter((name) => name.startsWith("asset."));
    expect(assets).toHaveLength(9);
    for (const asset of assets) {
      const { config } = await import(join(assembly, asset, "config.mjs"));
      expect(config.sites[0].title).toBe("Mine");
    }
  });
});
