import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deliveryStates, holdKinds } from "../../../src/domain/delivery.ts";
import { ownPayloads, payloadsIn } from "../../corpus/attacks.ts";
import { openBrowser } from "../../support/browser.ts";
import { aSignedInVisitor } from "../../support/console-visitor.ts";
import { aFullSite, type SiteTexts } from "../../support/full-site.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

/** Texts that leave what a template puts around them, besides those of DOMPurify's tests. */
const own = [
  `"><img src=x onerror=alert(1)>`,
  `'><svg onload=alert(1)>`,
  `" autofocus onfocus="alert(1)`,
  `</title><script>alert(1)</script>`,
  `</textarea></option></noscript><iframe src="javascript:alert(1)">`,
  `<meta http-equiv=refresh content="0;url=https://evil.example/">`,
  `<link rel=stylesheet href=https://evil.example/x.css><base href=https://evil.example/>`,
  `<form action=https://evil.example/><button>Approve</button></form>`,
  "javascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "--></style><!--<script>alert(1)//",
  "{{constructor.constructor('alert(1)')()}}%3Cscript%3Ealert(1)%3C/script%3E",
  "&lt;img src=x onerror=alert(1)&gt;&#60;script&#62;",
  "npx crier release x; <b>npx crier resolve y --as posted</b>",
  "\uD800 half of a pair \uDC00",
  "\u0000\u0007\u001B[31m\u2028\u2029\uFEFF\uFFFE",
  "x".repeat(10_000),
];

const pathsOf = (count: number): readonly string[] => [
  ...["", "/week", "/posts", "/accounts", "/feeds", "/stop", "/stop?account=one"],
  ...holdKinds.map((hold) => `/held?hold=${hold}`),
  // The deliveries of a post have the texts of the next ones, too.
  ...Array.from({ length: Math.ceil(count / 3) }, (_, n) => `/posts/p${3 * n}`),
  ...Array.from({ length: Math.min(count, 9) }, (_, n) => `/again?post=p${n}`),
  ...Array.from({ length: Math.min(count, 9) }, (_, n) => `/withdraw?post=p${n}&account=one`),
];

/** What a text could have put into a page: only the console's own elements and addresses are allowed. */
const strangers = `[...document.querySelectorAll("*")].flatMap((element) => {
  const allowed = "html head meta title link script body a header div nav ul li main section h1 h2 h3 p span b strong small time form input button code details summary ol table thead tbody tr th td footer aside fieldset legend label textarea select option figure figcaption svg g rect text path desc line bdi br dl dt dd";
  const found = [];
  if (!allowed.split(" ").includes(element.localName)) found.push("<" + element.localName + ">");
  for (const { name, value } of element.attributes) {
    if (name.startsWith("on") || name === "style" || name === "srcdoc") found.push(name);
    if (["href", "src", "action", "formaction"].includes(name) && !/^(?:https?:$)/.test(new URL(value, location.href).protocol))
      found.push(element.localName + " " + name + "=" + value.slice(0, 60));
    if (["src", "action", "formaction"].includes(name) && new URL(value, location.href).origin !== location.origin) found.push(name + "=" + value);
  }
  return found;
})`;

/** Turns all that follows it around, up to the end of its paragraph or of its isolation. */
const override = "\u202Ekcatta";

/** The words beside such a text that are shown from right to left. */
const turned = `[...function* () {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const boxOf = (node, at) => {
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getBoundingClientRect();
  };
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (node.parentElement.closest("script, .vh, bdi, code, .copy") !== null) continue;
    const own = node.data.replaceAll(${JSON.stringify(override)}, (text) => " ".repeat(text.length));
    for (const { index } of own.matchAll(/[a-z]{2}/gi)) {
      const [one, other] = [boxOf(node, index), boxOf(node, index + 1)];
      if (one.top !== other.top || one.width === 0 || one.left <= other.left) continue;
      yield node.data.slice(0, 120);
      break;
    }
  }
}()]`;

describe("texts that others chose", () => {
  const visit = async (hostile: SiteTexts, look: (path: string, page: Page) => Promise<void>, options: object = {}) => {
    const site = await aFullSite(hostile);
    const visitor = await aSignedInVisitor(browser, site, { ...options, name: site.name });
    const elsewhere: string[] = [];
    visitor.page.on("request", (request) => {
      const at = new URL(request.url());
      if (at.origin !== new URL(site.url).origin || !at.pathname.startsWith("/console")) elsewhere.push(request.url());
    });
    for (const path of pathsOf(hostile.titles.length)) {
      const answer = await visitor.page.goto(`${site.url}console${path}`);
      expect([path, answer?.status()]).toEqual([path, 200]);
      await look(path, visitor.page);
    }
    expect({ elsewhere, problems: visitor.problems, warned: site.warned }).toEqual({
      elsewhere: [],
      problems: [],
      warned: [],
    });
    await visitor.context.close();
  };

  test("do nothing on any page: no dialog, no request to elsewhere, no element, no report of the policy", async () => {
    const payloads = [...own, ...(await payloadsIn(process.env.XSS ?? ownPayloads))];
    await visit(
      { titles: payloads, textOf: (index) => payloads[index % payloads.length] ?? "" },
      async (path, page) => {
        expect.soft([path, await page.evaluate(strangers)]).toEqual([path, []]);
      },
    );
  });

  test("do not turn around the sentence that they are in", async () => {
    // Titles and people's names are cleaned where they come in. The configuration names accounts with plain letters.
    const titles = deliveryStates.map((state) => `שלום, ${state}!`);
    await visit({ titles, textOf: () => override, account: "" }, async (path, page) => {
      expect.soft([path, await page.evaluate(turned)]).toEqual([path, []]);
    });
  });

  test("fit the page of a phone, however long they are", async () => {
    const long = "W".repeat(10_000);
    const options = { viewport: { width: 320, height: 700 } };
    await visit(
      { titles: deliveryStates.map((state) => `${long} ${state}`), textOf: () => long },
      async (path, page) => {
        const widths = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]");
        expect.soft([path, widths]).toEqual([path, [320, 320]]);
      },
      options,
    );
  });
});
