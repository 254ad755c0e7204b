import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { CommandError } from "../../src/api/api-client.ts";
import { webApp } from "../../src/api/http-api.ts";
import { connectAccount } from "../../src/cli/connect-account.ts";
import { day, hour, iso, minute } from "../../src/domain/time.ts";
import { connectNetworks } from "../../src/networks/connect-networks.ts";
import { listen } from "../../src/runtimes/local/listen.ts";
import { composeTestedApp } from "../support/app.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { config } from "../support/machine.ts";
import { crier } from "../support/terminal.ts";
import { aDocument, aWorld } from "../support/world.ts";

/** LinkedIn as one owner meets it: the addresses are its own, so nothing of them is reached. */
const linkedin = { scope: "openid,profile,w_member_social", expiresIn: 60 * 86_400, refuses: false, posts: 0 };
const forms: URLSearchParams[] = [];
const token = "AQV-the-token";

const answer = async (address: string, init: RequestInit): Promise<Response> => {
  const { hostname, pathname } = new URL(address);
  if (hostname === "www.linkedin.com" && pathname === "/oauth/v2/accessToken") {
    const form = new URLSearchParams(String(init.body));
    forms.push(form);
    if (form.get("code") !== "the-code-of-linkedin")
      return Response.json({ error: "invalid_request", error_description: "The code is expired" }, { status: 400 });
    return Response.json({ access_token: token, expires_in: linkedin.expiresIn, scope: linkedin.scope });
  }
  if (hostname !== "api.linkedin.com") return new Response(null, { status: 503 });
  const isKnown = new Headers(init.headers).get("authorization") === `Bearer ${token}` && !linkedin.refuses;
  const expired = { status: 401, code: "EXPIRED_ACCESS_TOKEN", message: "The token used in the request has expired" };
  if (!isKnown) return Response.json(expired, { status: 401 });
  if (pathname === "/v2/userinfo") return Response.json({ sub: "AbC_12", name: "Ada Lovelace" });
  linkedin.posts += 1;
  return new Response(null, { status: 201, headers: { "x-restli-id": `urn:li:share:${linkedin.posts}` } });
};

let folder = "";
const dotenv = () => readFile(join(folder, ".env"), "utf8").catch(() => undefined);

beforeEach(async () => {
  Object.assign(linkedin, {
    scope: "openid,profile,w_member_social",
    expiresIn: 60 * 86_400,
    refuses: false,
    posts: 0,
  });
  forms.length = 0;
  folder = await mkdtemp(join(tmpdir(), "crier-linkedin-"));
  const own = { ...config, accounts: [{ name: "linkedin", network: "linkedin" }] };
  await writeFile(join(folder, "crier.config.ts"), `export default ${JSON.stringify(own)};\n`);
});
afterEach(() => rm(folder, { recursive: true }));

/** The owner pastes what the command asks for. `code`: that of the address to which LinkedIn sends the browser. */
const connect = async (code = "the-code-of-linkedin") => {
  const keyboard = new PassThrough();
  let [out, err] = ["", ""];
  const answers = { "Client ID: ": "the-client-id", "Primary Client Secret: ": "the-client-secret" };
  const terminal = {
    env: {},
    folder,
    input: keyboard,
    out: (text: string) => {
      out += text;
      const { searchParams } = new URL(/https:\/\/www\.linkedin\.com\/oauth\S+/.exec(text)?.[0] ?? "none:");
      const redirect = searchParams.get("redirect_uri");
      if (redirect !== null) keyboard.write(`${redirect}?code=${code}&state=${searchParams.get("state")}\n`);
    },
    err: (text: string) => {
      err += text;
      for (const [question, line] of Object.entries(answers))
        if (text === question) setImmediate(() => keyboard.write(`${line}\n`));
    },
  };
  const result = await connectAccount("linkedin", { open: false }, terminal, answer).catch((error: unknown) => {
    if (error instanceof CommandError) return error;
    throw error;
  });
  return { result, out, err };
};
const refusal = (reason: string) => ({ result: expect.objectContaining({ message: expect.stringContaining(reason) }) });

describe("LinkedIn is connected by an app of its owner", () => {
  test("the steps are printed, the address is pasted, and the token is stored with its end; the app's secret is forgotten", async () => {
    const now = Date.now();
    const { result, out, err } = await connect();
    expect(result).toMatchObject({
      failed: false,
      lines: expect.arrayContaining(["linkedin is connected as Ada Lovelace"]),
    });
    for (const step of [
      "At https://www.linkedin.com/developers/apps: Create app, with a company page.",
      'Under Products, add "Share on LinkedIn" and "Sign In with LinkedIn using OpenID Connect".',
      "Under Auth, add this redirect URL: https://127.0.0.1:8477/callback",
    ])
      expect(out).toContain(`${step}\n`);
    const page = new URL(/https:\/\/www\.linkedin\.com\/oauth\S+/.exec(out)?.[0] ?? "");
    expect(Object.fromEntries(page.searchParams)).toEqual({
      response_type: "code",
      client_id: "the-client-id",
      redirect_uri: "https://127.0.0.1:8477/callback",
      scope: "openid profile w_member_social",
      state: expect.stringMatching(/^[\w-]{22}$/),
    });
    expect(Object.fromEntries(forms[0] ?? [])).toMatchObject({
      grant_type: "authorization_code",
      client_id: "the-client-id",
      client_secret: "the-client-secret",
      redirect_uri: "https://127.0.0.1:8477/callback",
    });
    const [, stored, end = ""] =
      /^CRIER_LINKEDIN_ACCESS_TOKEN=(\S+)\nCRIER_LINKEDIN_EXPIRES_AT=(\S+)\n$/.exec((await dotenv()) ?? "") ?? [];
    expect(stored).toBe(token);
    expect(Math.round((Date.parse(end) - now) / day)).toBe(60);
    expect(out + err + (await dotenv())).not.toContain("the-client-secret");
  });

  test("a scope that the owner did not grant is named, and nothing is stored", async () => {
    linkedin.scope = "openid,profile";
    expect(await connect()).toMatchObject(refusal("linkedin did not grant w_member_social; nothing was written"));
    expect(await dotenv()).toBeUndefined();
  });

  test("a code that has ended, and a token that is refused, store nothing", async () => {
    expect(await connect("another-code-of-linkedin")).toMatchObject(
      refusal(
        "The code is expired); nothing was written: a code is for one use and a few minutes, so run the command again",
      ),
    );
    linkedin.refuses = true;
    expect(await connect()).toMatchObject(
      refusal("linkedin: LinkedIn answered 401: The token used in the request has expired; nothing was written"),
    );
    expect(await dotenv()).toBeUndefined();
  });
});

/** An owner with one account on LinkedIn, whose login ends after some days, and the `crier` command. */
const anOwner = async (days: number) => {
  const account = aConfiguredAccount({ name: "linkedin", network: "linkedin" });
  const world = await aWorld({ accounts: [account], mailsOwner: true });
  const end = world.clock() + days * day;
  const secret = { accessToken: token, expiresAt: iso(end) };
  const networks = connectNetworks({
    secrets: async () => ({ ...secret }),
    fetch: async (address, init) => {
      linkedin.refuses = world.clock() >= Date.parse(secret.expiresAt);
      return answer(address, init);
    },
    clock: world.clock,
  });
  const app = composeTestedApp({ ...world.parts(), networks });
  const web = webApp({ sites: app.sites, token: async () => "owner", log: world.parts().log });
  const http = await listen(0);
  onTestFinished(() => http.close());
  http.serve((request, env) => web.fetch(request, env));
  const env = { CRIER_URL: `http://127.0.0.1:${http.port}/`, CRIER_TOKEN: "owner" };
  const rest = async () => {
    for (const ref of await world.store.due.before(world.clock(), 200)) await app.work(ref);
  };
  return {
    world,
    app,
    secret,
    rest,
    crier: (...args: readonly string[]) => crier(args, { env, folder }),
    /** Hour by hour, as it goes where Crier runs. */
    live: async (hours: number) => {
      for (let passed = 0; passed < hours; passed += 1) {
        await app.watchLogins();
        for (let round = 0; round < 3; round += 1) {
          await rest();
          world.turn(minute);
        }
        world.turn(hour - 3 * minute);
      }
    },
    put: (slug: string) => world.plan(slug, aDocument({ slug })),
  };
};

const command = "npx crier accounts connect linkedin";

test("a login of LinkedIn that ends in six days is named by accounts, doctor and plan, with the command, and all goes out until then", async () => {
  const owner = await anOwner(6);
  const ends =
    /the login ends at \d{4}-\d\d-\d\d \d\d:\d\d \S+; connect it again with "npx crier accounts connect linkedin"/;
  const { out } = await owner.crier("accounts", "--check");
  expect(out).toMatch(/logged in as Ada Lovelace/);
  expect(out).toMatch(ends);
  expect(await owner.crier("doctor")).toMatchObject({ code: 1, out: expect.stringMatching(ends) });
  const later = join(folder, "later.md");
  await writeFile(later, aDocument({ slug: "later", date: iso(owner.world.clock() + 7 * day) }));
  const plan = await owner.crier("plan", later);
  expect(plan.all).toMatch(/linkedin: the login ends at .*, before this post is published/);
  expect(plan.all).toContain(command);
  await owner.put("now");
  await owner.live(2);
  expect(linkedin.posts).toBe(1);
});

test("the owner of a login of LinkedIn gets a mail 14, 7 and 1 days before it ends, and one when it has ended", async () => {
  const { live, world } = await anOwner(20);
  await live(22 * 24);
  const soon = "Crier, blog: linkedin must be connected again soon";
  const { told } = world.outside;
  expect(told.map(({ subject }) => subject)).toEqual([soon, soon, soon, "Crier, blog: linkedin is paused"]);
  for (const { text } of told) expect(text).toContain(command);
});

test("what comes after a login of LinkedIn has ended waits, and goes out once when it is connected again", async () => {
  const owner = await anOwner(1);
  await owner.live(25);
  await owner.put("late");
  await owner.live(48);
  expect(linkedin.posts).toBe(0);
  expect(await owner.world.deliveries("late")).toMatchObject([
    { state: "pending", reason: expect.stringMatching(/The token used in the request has expired.*connect linkedin/) },
  ]);
  owner.secret.expiresAt = iso(owner.world.clock() + 60 * day);
  await owner.crier("accounts", "--check");
  await owner.live(2);
  expect(linkedin.posts).toBe(1);
  expect(await owner.world.deliveries("late")).toMatchObject([{ state: "posted" }]);
});
