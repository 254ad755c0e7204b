import { describe, expect, it } from "vitest";
import { historyText, inWords, listText, sentence, timesText, timeText, whyItWaits } from "../../src/console/words.ts";

describe("a moment", () => {
  it("has its date wherever it is not today, so that the last Wednesday is not the next one", () => {
    const at = (text: string) => timeText(Date.parse(text), Date.parse("2026-12-01T14:00:00Z"), "Europe/Berlin");
    expect(at("2026-12-01T06:45:00Z")).toBe("07:45");
    expect(at("2026-11-25T08:00:00Z")).toBe("Wed 25 Nov, 09:00");
    expect(at("2026-12-02T08:00:00Z")).toBe("Wed 2 Dec, 09:00");
    expect(at("2027-01-06T08:00:00Z")).toBe("6 Jan 2027, 09:00");
  });
});

describe("a sentence of the console", () => {
  it("leaves addresses and the names of accounts as they are", () => {
    expect(sentence("http://127.0.0.1/tea/ did not appear within a day")).toBe(
      "The address http://127.0.0.1/tea/ did not appear within a day.",
    );
    expect(sentence("mastodon is paused: its login is over", "mastodon")).toBe(
      "The account mastodon is paused: its login is over.",
    );
    expect(sentence("mastodonic words", "mastodon")).toBe("Mastodonic words.");
  });

  it("says as a sentence what a delivery waits for", () => {
    expect(sentence(whyItWaits("waits until its page is checked"))).toBe("It waits until its page is checked.");
    expect(sentence(whyItWaits("waits until https://blog.example/tea/ is live: it answers 404"))).toBe(
      "It waits until https://blog.example/tea/ is live: it answers 404.",
    );
    expect(sentence(inWords("by hand, until you release it"))).toBe(
      "It was stopped, and waits until somebody releases it.",
    );
    expect(inWords('announce this one, too, with "npx crier publish de/hello --again --site s"')).toBe(
      "announce this one, too, with “Post it now …” on its page",
    );
    expect(sentence(inWords("more than 5 new posts within an hour"))).toBe("More than 5 posts came within an hour.");
  });

  it("names each account once", () => {
    expect(listText(["bluesky", "mastodon", "mastodon", "telegram"])).toBe("bluesky, mastodon and telegram");
  });

  it("counts the accounts where they are too many to name", () => {
    const names = Array.from({ length: 60 }, (_, n) => `a${n}`);
    expect(listText(names.slice(0, 12))).toMatch(/^a0, .*a10 and a11$/);
    expect(listText(names)).toBe("a0, a1, a2, a3, a4, a5, a6, a7 and 52 more");
  });

  it("counts the times that a post is announced in words", () => {
    expect([2, 3, 4].map(timesText)).toEqual(["second time", "third time", "4th time"]);
  });
});

describe("the history of the console", () => {
  const entry = { attempt: undefined, by: undefined, reason: undefined };

  it("says who approved what waits for something else", () => {
    const reason = "waits until 14:33 UTC: its document has just changed";
    expect(historyText({ ...entry, state: "pending", reason, by: "Ben" })).toBe("Ben approved it.");
    expect(historyText({ ...entry, state: "pending", reason })).toBe("It waits: its document has just changed.");
    expect(historyText({ ...entry, state: "pending", reason: "waits until its page is checked" })).toBe(
      "It waits until its page is checked.",
    );
  });

  it("says who withdrew a copy, and then that it was deleted", () => {
    const reason = "withdrawn by hand: it is not sent again";
    expect(historyText({ ...entry, state: "posted", reason, by: "Nina" })).toBe(
      "Nina withdrew it: it is not sent again.",
    );
    expect(historyText({ ...entry, state: "deleted", reason })).toMatch(/^It was deleted/);
  });

  it("says why the breaker held it", () => {
    expect(historyText({ ...entry, state: "held", reason: "more than 5 new posts within an hour" })).toBe(
      "It was held: more than 5 posts came within an hour.",
    );
  });
});
