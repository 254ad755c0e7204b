import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { postStatus } from "../../src/contract/posts.ts";
import { cdk, crier } from "./commands.ts";
import { patiently } from "./patiently.ts";

const Outputs = z.object({ FeedsUrl: z.url(), ApiUrl: z.url() });

/** A delivery that was tried and waits says why. */
const Waiting = z.object({ state: z.literal("pending"), reason: z.string().min(1) });

const feedFiles = ["feed.xml", "atom.xml", "feed.json"] as const;

const step = (line: string): void => console.log(`✓ ${line}`);

const aDocument = (title: string, more = ""): string => `---\ntitle: ${title}\n${more}---\nThe words of ${title}.\n`;

const deploy = async (stage: string) => {
  const folder = await mkdtemp(join(tmpdir(), "crier-real-account-"));
  const file = join(folder, "outputs.json");
  await cdk("deploy", stage, "--require-approval", "never", "--outputs-file", file);
  const outputs = z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(file, "utf8")));
  await rm(folder, { recursive: true });
  step(`deployed Crier-${stage}`);
  return Outputs.parse(outputs[`Crier-${stage}`]);
};

/** A network error is no answer yet: the name of a new distribution has to reach every resolver. */
const get = (address: URL, headers: Readonly<Record<string, string>> = {}): Promise<Response | undefined> =>
  fetch(address, { headers, signal: AbortSignal.timeout(60_000) }).catch(() => undefined);

const ownerOf = (apiUrl: string, token: string) => async (method: string, slug: string, body?: string) => {
  const reply = await fetch(new URL(`api/posts/${slug}`, `${apiUrl}/`), {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "text/markdown" },
    ...(body === undefined ? {} : { body }),
  });
  if (!reply.ok) throw new Error(`${method} ${reply.url} answered ${reply.status}: ${await reply.text()}`);
  return reply.json();
};

/** Checks on a real account what no emulator can show: deploys the stage and uses it as its owner and as a reader. */
export const tryOut = async (stage: string): Promise<void> => {
  const { FeedsUrl: feedsUrl, ApiUrl: apiUrl } = await deploy(stage);
  const feed = (file: string) => new URL(file, feedsUrl);

  await patiently("the empty feed", async () => ((await get(feed("feed.xml")))?.ok ? true : undefined));
  step(`${feed("feed.xml").href} answers 200`);

  const ask = ownerOf(apiUrl, (await crier(stage, ["token"])).trim());
  await ask("PUT", "first", aDocument("The first", "socialShare: false\n"));
  step("PUT /api/posts/first");

  for (const file of feedFiles) {
    const etag = await patiently(`the post in ${file}`, async () => {
      const reply = await get(feed(file));
      return (await reply?.text())?.includes("The first") ? (reply?.headers.get("etag") ?? undefined) : undefined;
    });
    const again = await get(feed(file), { "if-none-match": etag });
    if (again?.status !== 304) throw new Error(`${file} with its own ETag answered ${again?.status}, not 304`);
    step(`${file} has the post, and answers 304 to ${etag}`);
  }

  await crier(stage, ["accounts", "set", "nothing"], '{"accessToken":"none"}');
  await ask("PUT", "second", aDocument("The second"));
  const tried = await patiently("a delivery that waits for a network", async () => {
    const { deliveries } = postStatus.parse(await ask("GET", "second"));
    return deliveries.find(({ state, attempts }) => state === "pending" && attempts > 0);
  });
  step(`the delivery to a network that points to nothing waits: ${Waiting.parse(tried).reason}`);
};
