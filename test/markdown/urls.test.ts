import { expect, test } from "vitest";
import { webUrl } from "../../src/markdown/urls.ts";

// Node 22 compiles `URL.canParse` after some thousand calls to code that refuses a host with a letter such as ü.
test("the address of a host with an umlaut is valid, however often it was parsed", () => {
  const found = new Set<string | undefined>();
  for (let count = 0; count < 20_000; count += 1)
    found.add(webUrl("https://bücher.example/straße", "https://blog.example.com/"));
  expect([...found]).toEqual(["https://xn--bcher-kva.example/stra%C3%9Fe"]);
});
