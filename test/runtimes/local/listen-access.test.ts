import { describe, expect, it } from "vitest";
import { requestAccess } from "../../../src/runtimes/local/listen.ts";

interface Asked {
  readonly host?: string;
  readonly url?: string;
  readonly from?: string;
  readonly version?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly isOpen?: boolean;
}

const reach = ({ host, url, from = "127.0.0.1", version = "1.1", headers = {}, isOpen = false }: Asked) => {
  const name = host ?? "127.0.0.1:4000";
  const request = new Request(url ?? `http://${name}/sandbox`, { headers: { ...headers, Host: name } });
  const connection = { incoming: { httpVersion: version, socket: { remoteAddress: from } } };
  return requestAccess(request, connection, { publicNames: new Set(["feeds.example.com"]), isOpen });
};

describe("a request is local", () => {
  it.each(["127.0.0.1:4000", "localhost:4000", "LOCALHOST", "[::1]:4000"])("for %s", (host) => {
    expect(reach({ host })).toBe("local");
  });

  it.each(["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])("from %s", (from) => {
    expect(reach({ from })).toBe("local");
  });
});

describe("a request is public", () => {
  it.each(["feeds.example.com", "Feeds.Example.com:443", "feeds.example.com:4000"])("for %s", (host) => {
    expect(reach({ host })).toBe("public");
  });

  it.each(["192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1", "1270.0.0.1", ""])("from %s, whatever its Host", (from) => {
    expect(reach({ from })).toBe("public");
  });

  it.each([
    "Forwarded",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Anything",
    "X-Real-IP",
    "Via",
    "CF-Connecting-IP",
    "CF-Ray",
    "True-Client-IP",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "Fastly-Client-IP",
    "Fly-Client-IP",
    "CDN-Loop",
    "X-Original-URL",
    "X-Envoy-External-Address",
    "X-Amzn-Trace-Id",
  ])("with %s, whatever it says", (name) => {
    expect(reach({ headers: { [name]: "127.0.0.1" } })).toBe("public");
  });

  it("by HTTP/1.0, which nginx speaks where it is not told otherwise", () => {
    expect(reach({ version: "1.0" })).toBe("public");
  });

  it("without a connection to look at", () => {
    const request = new Request("http://127.0.0.1/", { headers: { Host: "127.0.0.1" } });
    expect(requestAccess(request, {}, { publicNames: new Set(), isOpen: false })).toBe("public");
  });

  it("for an address where other machines reach the port", () => {
    for (const host of ["192.0.2.7:4000", "[2001:db8::1]:4000", "0.0.0.0:4000"]) {
      expect(reach({ host })).toBeUndefined();
      expect(reach({ host, isOpen: true })).toBe("public");
    }
  });
});

describe("a request is refused", () => {
  it.each(["rebound.example", "127.0.0.1.nip.io", "localhost.example", "feeds.example.com.evil.example"])(
    "for %s",
    (host) => {
      expect([reach({ host }), reach({ host, isOpen: true })]).toEqual([undefined, undefined]);
    },
  );

  it("where its target names another host than its header", () => {
    expect(reach({ host: "rebound.example", url: "http://127.0.0.1:4000/sandbox" })).toBeUndefined();
    expect(reach({ host: "127.0.0.1", url: "http://rebound.example/sandbox" })).toBeUndefined();
  });
});
