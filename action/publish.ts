import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Readable } from "node:stream";
import { CommandError } from "../src/api/api-client.ts";
import { documentsIn, isFolder } from "../src/cli/document-files.ts";
import { run } from "../src/cli/program.ts";
import { inWorkspace, optional, pathOf, required, runStep, StepError } from "./step.ts";

/** Copies the documents to the bucket of a deployment, or sends them to a server. */

/** The filters of `aws s3 sync`: the documents that Crier reads, in any letter case, and no others. The last one that matches decides. */
const filters = [
  "--exclude=*",
  ...["[mM][dD]", "[mM][dD][xX]", "[mM][dD][oO][cC]", "[mM][aA][rR][kK][dD][oO][wW][nN]"].map(
    (ending) => `--include=*.${ending}`,
  ),
  ...[".*", "*/.*", "node_modules/*", "*/node_modules/*"].map((hidden) => `--exclude=${hidden}`),
];

/** A link in the folder could lead to any file of the runner, such as a credential. */
const syncOptions = ["--delete", "--no-follow-symlinks", "--no-progress", ...filters];

/** Another repository may upload the documents of other sites, which are in this folder of the bucket. */
const othersStay = async (folder: string): Promise<readonly string[]> =>
  (await isFolder(join(folder, "sites"))) ? [] : ["--exclude=sites/*"];

const syncToBucket = async (folder: string, bucket: string): Promise<void> => {
  const target = bucket.replace(/^s3:\/\//, "").replace(/\/+$/, "");
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/[\w.-]+)*$/.test(target))
    throw new StepError(
      `bucket: ${bucket} is not the name of a bucket: give the output UploadBucket of the deployment`,
    );
  const options = [...syncOptions, ...(await othersStay(folder))];
  const child = spawn("aws", ["s3", "sync", folder, `s3://${target}/`, ...options], { stdio: "inherit" });
  const [code] = await once(child, "exit").catch((cause: unknown) => {
    throw new StepError("the AWS command line could not be started: use a runner that has it, such as ubuntu-24.04", {
      cause,
    });
  });
  if (code !== 0)
    throw new StepError(
      "aws s3 sync did not copy everything, as the lines above say: give the role s3:ListBucket, s3:PutObject and s3:DeleteObject on the bucket, and run the job again",
    );
};

/** A server keeps what is gone from the folder: `crier remove` ends that. */
const sendToServer = async (folder: string, url: string): Promise<void> => {
  const token = optional("TOKEN");
  if (token === undefined)
    throw new StepError("the input token is missing: give it the API token of the server, from a secret");
  const site = optional("SITE");
  let [isListed, message] = [false, ""];
  const code = await run(["import", folder, ...(site === undefined ? [] : ["--site", site])], {
    env: { CRIER_URL: url, CRIER_TOKEN: token },
    folder,
    input: Readable.from([]),
    out: (text) => {
      isListed = true;
      process.stdout.write(text);
    },
    err: (text) => {
      message = text;
      process.stderr.write(text);
    },
  });
  if (!isListed) throw new StepError(`the documents could not be sent: ${message.trim().replace(/^crier: /, "")}`);
  if (code !== 0) throw new StepError("the server did not take every document: correct what the lines above name");
};

await runStep(async () => {
  const mode = optional("MODE");
  if (mode !== "publish") throw new StepError(`mode: ${mode ?? ""} is neither plan nor publish: write one of them`);
  const event = required("GITHUB_EVENT_NAME");
  if (event.startsWith("pull_request"))
    throw new StepError(
      `mode: publish would publish what is not merged yet, because the event is ${event}: write \`on: push\` with the branch of your site`,
    );
  const [bucket, url] = [optional("BUCKET"), optional("URL")];
  const documents = pathOf("documents");
  const folder = inWorkspace(documents);
  if ((await documentsIn(folder)).length === 0)
    throw new StepError(
      `${documents} contains no documents, and nothing was published: a copy of an empty folder would delete every post. Correct the input documents, or run actions/checkout before this step`,
    );
  if (bucket !== undefined && url === undefined) await syncToBucket(folder, bucket);
  else if (url !== undefined && bucket === undefined) await sendToServer(folder, url);
  else throw new StepError("publish needs one of the inputs bucket and url: give a bucket, or a url with its token");
}, [CommandError]);
