import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { networks } from "../../src/networks/index.ts";
import { emulators } from "../../src/sandbox/index.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { runs } from "../support/runs.ts";
import { aSnippet, snippets } from "../support/snippets.ts";

describe.each(networks.map((network) => [network.name, network] as const))(
  "a post composed for %s",
  (name, network) => {
    const account = aConfiguredAccount({ network: name });
    const emulator = emulators.find((one) => one.network === name);

    test("contains title and summary where the author wrote no text", () => {
      const { text, request } = network.compose(aSnippet({ text: undefined }), account);
      expect(JSON.stringify(request)).toContain("A Hundred Feeds");
      expect(text).toContain("Dates are the first thing that goes wrong.");
    });

    test("is within the limit, as the sandbox counts by other means, and contains the whole link", () => {
      fc.assert(
        fc.property(snippets, (snippet) => {
          const { text, length, limit, request } = network.compose(aSnippet(snippet), account);
          expect(limit).toBe(emulator?.limit(account));
          expect(length).toBeLessThanOrEqual(limit);
          expect(emulator?.length(text)).toBeLessThanOrEqual(length);
          expect(JSON.stringify(request)).toContain(snippet.url);
        }),
        { numRuns: runs(400) },
      );
    });

    test("is the same every time", () => {
      expect(network.compose(aSnippet(), account)).toEqual(network.compose(aSnippet(), account));
    });
  },
);
