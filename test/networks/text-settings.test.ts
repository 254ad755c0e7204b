import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bluesky } from "../../src/networks/bluesky/bluesky.ts";
import { mastodon } from "../../src/networks/mastodon.ts";
import { x } from "../../src/networks/x.ts";
import { mastodonLength } from "../../src/sandbox/mastodon-emulator.ts";
import { aContent, start } from "../support/builders.ts";
import { aConfiguredAccount, connectionOf } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { runs } from "../support/runs.ts";
import { startSandbox } from "../support/sandbox-server.ts";
import { aSnippet, snippets } from "../support/snippets.ts";

const url = "https://blog.example.com/a-hundred-feeds/";
const networks = [x, bluesky, mastodon];
const own = { text: undefined };

const composedOn = (network: typeof x, settings: Readonly<Record<string, unknown>>, snippet = {}) =>
  network.compose(aSnippet(snippet), aConfiguredAccount({ network: network.name, settings }));
const on = (settings: Readonly<Record<string, unknown>>, snippet = {}) => composedOn(mastodon, settings, snippet).text;

const problems = (settings: Readonly<Record<string, unknown>>) =>
  mastodon.settings.safeParse(settings).error?.issues.map(({ message }) => message);

describe("the template of an account", () => {
  test("is the text of a post for which the author wrote none, and of no other", () => {
    const template = "New: {title}\n{summary}\n{tags}\n{link}";
    expect(on({ template }, own)).toBe(
      `New: A Hundred Feeds\nDates are the first thing that goes wrong.\n#Feeds #OpenWeb\n${url}`,
    );
    expect(on({ template }, { text: "My words." })).toBe(`My words.\n\n${url}\n\n#Feeds #OpenWeb`);
  });

  test("leaves out a line without a value, and what divides it from one", () => {
    const template = "{title} – {summary}\n\n{author}\n\nRead it: {link}";
    expect(on({ template }, { ...own, summary: "", tags: [] })).toBe(`A Hundred Feeds\n\nRead it: ${url}`);
    expect(on({ template: "{title} – {summary} | {link}" }, { ...own, summary: "", url: `${url}a-`, tags: [] })).toBe(
      `A Hundred Feeds | ${url}a-`,
    );
    const content = aContent({ authors: [{ name: "Ada" }, { name: "Bob" }] });
    expect(on({ template }, { ...own, summary: "", tags: [], content })).toContain("\n\nAda, Bob\n\n");
  });

  test("has a space behind the link where Japanese follows at once", () => {
    expect(on({ template: "{title}。詳しくは{link}をご覧ください" }, { ...own, tags: [] })).toBe(
      `A Hundred Feeds。詳しくは${url} をご覧ください`,
    );
    const { request } = composedOn(bluesky, { template: "{title}。詳しくは{link}をご覧ください" }, own);
    expect(request).toMatchObject({ facets: [{ features: [{ uri: url }] }, {}, {}] });
  });

  test("is followed by the link and the hashtags that it does not name", () => {
    expect(on({ template: "{title}!" }, own)).toBe(`A Hundred Feeds!\n\n${url}\n\n#Feeds #OpenWeb`);
  });

  test("has the title where there is no summary, and no title twice", () => {
    expect(on({ template: "{summary}" }, { ...own, summary: "", tags: [] })).toBe(`A Hundred Feeds\n\n${url}`);
    const summary = "A Hundred Feeds, read by hand.";
    expect(on({ template: "{title}: {summary}" }, { ...own, summary, tags: [] })).toBe(`${summary}\n\n${url}`);
  });

  test("is cut in its summary, then in its title, and is left where only that fits", () => {
    const summary = "Many words of a summary. ".repeat(40);
    const text = on({ template: "{title}\n{summary}\n{link}" }, { ...own, summary, tags: [] });
    expect(text).toMatch(/^A Hundred Feeds\nMany words .* summary\.\nhttps:\S+$/);
    expect(on({ template: `${"x".repeat(600)} {title}` }, { ...own, tags: [] })).toMatch(/^A Hundred Feeds\n/);
  });

  test("is refused without what the post is about, or with a name that is not known", () => {
    expect(problems({ template: "{link}" })).toEqual([expect.stringContaining("add {title} or {summary}")]);
    expect(problems({ template: "{titel}" })).toContainEqual(
      expect.stringContaining("there is no {titel}: use {title}"),
    );
    expect(problems({ template: "{title} {link}" })).toBeUndefined();
  });
});

describe("the link of an account", () => {
  test.each(networks)("is not sent on $name where the account says never, and costs less on X", (network) => {
    const { text, request, cost } = composedOn(network, { link: "never" }, own);
    expect(text).not.toContain("example.com");
    expect(JSON.stringify(request)).not.toContain("example.com");
    if (network === x) expect(cost).toBe(0.015);
  });

  test("in an author's own text stays", () => {
    expect(on({ link: "never" }, { text: `See ${url}`, tags: [] })).toBe(`See ${url}`);
  });

  test("has the parameters of the account, before a fragment, also in the author's own text", () => {
    const utm = { source: "social", medium: "a b" };
    const tagged = "utm_source=social&utm_medium=a%20b";
    expect(on({ utm }, { text: "Hi", tags: [] })).toBe(`Hi\n\n${url}?${tagged}`);
    expect(on({ utm }, { text: `See ${url} now`, tags: [] })).toBe(`See ${url}?${tagged} now`);
    expect(on({ utm }, { url: "https://a.example/?p=1%20#top", text: "Hi", tags: [] })).toBe(
      `Hi\n\nhttps://a.example/?p=1%20&${tagged}#top`,
    );
    expect(composedOn(bluesky, { utm }).request).toMatchObject({ embed: { external: { uri: `${url}?${tagged}` } } });
    expect(problems({ utm: { sorce: "x" } })).toHaveLength(1);
  });

  test.each(networks)("is in a reply on $name where the account says so, and not in the post", (network) => {
    const composed = composedOn(network, { link: "reply", utm: { source: "social" } }, { text: `See ${url} now` });
    expect(composed.text).toMatch(/^See\s+now/);
    const { replies, ...post } = composed.request;
    expect(JSON.stringify(post)).not.toContain("example.com");
    expect(replies).toHaveLength(1);
    expect(JSON.stringify(replies)).toContain(`${url}?utm_source=social`);
    expect(composed.replies?.[0]?.text).toContain("example.com/");
    // X charges for both: the reply has the link.
    if (network === x) expect(composed.cost).toBeCloseTo(0.215);
  });
});

test.each([{ link: "never" }, { utm: { source: "social" } }])(
  "a look on Mastodon finds the copy of an account with %j, and not that of another text",
  async (settings) => {
    const account = aConfiguredAccount({ name: "me", network: "mastodon", settings });
    const sandbox = await startSandbox([account], () => start);
    const secret = mastodon.sandboxCredentials(account);
    const login = mastodon.connect({ account, secret, sandbox: sandbox.url, fetch, clock: () => start });
    const connection = connectionOf(login);
    const signal = noDeadline();
    const requestOf = (text: string) => mastodon.compose(aSnippet({ text }), account).request;
    const soughtFor = (text: string) => ({ request: requestOf(text), key: "k", url, since: start - 1000 });
    await connection.send(requestOf("One."), "k1", signal);
    expect(await connection.find?.(soughtFor("One."), signal)).toMatchObject([{ isSame: true }]);
    const others = await connection.find?.(soughtFor("Two."), signal);
    expect(Array.isArray(others) && others.some(({ isSame }) => isSame)).toBe(false);
    await sandbox.close();
  },
);

test.each(networks)("any post on $name fits with any of these settings, and is the same every time", (network) => {
  const settings = fc.record({
    template: fc.constantFrom("{title}", "{title} – {summary} {link}", "{author}: {summary}\n{tags}", undefined),
    link: fc.constantFrom("always", "never"),
    utm: fc.constantFrom(undefined, { source: "a", campaign: "b" }),
  });
  fc.assert(
    fc.property(snippets, settings, (snippet, given) => {
      const composed = composedOn(network, given, snippet);
      expect(composed.length).toBeLessThanOrEqual(composed.limit);
      if (network === mastodon) expect(mastodonLength(composed.text)).toBeLessThanOrEqual(composed.length);
      if (given.link === "always") expect(JSON.stringify(composed.request)).toContain(snippet.url.split("#")[0]);
      expect(composedOn(network, given, snippet)).toEqual(composed);
    }),
    { numRuns: runs(200) },
  );
});
