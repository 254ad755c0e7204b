import { describe, expect, test } from "vitest";
import { isPublic, isPublicOrPrivate } from "../../src/outside/guarded-client.ts";

describe("an address of the public internet", () => {
  test.each([
    "93.184.216.34",
    "1.1.1.1",
    "172.15.255.255",
    "172.32.0.1",
    "100.128.0.1",
    "2606:2800:220:1::1",
    "2a00::1",
  ])("is %s", (address) => {
    expect(isPublic(address)).toBe(true);
  });

  test.each([
    ["loopback", "127.0.0.1"],
    ["loopback, not the usual one", "127.255.255.254"],
    ["unspecified", "0.0.0.0"],
    ["this network", "0.1.2.3"],
    ["private", "10.0.0.1"],
    ["private", "172.16.0.1"],
    ["private", "192.168.1.1"],
    ["link-local, the metadata of clouds", "169.254.169.254"],
    ["link-local, a container's credentials", "169.254.170.2"],
    ["carrier-grade NAT", "100.64.0.1"],
    ["carrier-grade NAT, another cloud's metadata", "100.100.100.200"],
    ["IETF protocols", "192.0.0.8"],
    ["documentation", "203.0.113.1"],
    ["benchmarks", "198.18.0.1"],
    ["6to4 relay", "192.88.99.1"],
    ["multicast", "224.0.0.1"],
    ["reserved", "240.0.0.1"],
    ["broadcast", "255.255.255.255"],
    ["IPv6 loopback", "::1"],
    ["IPv6 unspecified", "::"],
    ["IPv4 within IPv6, compatible", "::7f00:1"],
    ["IPv4 within IPv6, mapped", "::ffff:127.0.0.1"],
    ["a public IPv4 within IPv6, mapped", "::ffff:1.1.1.1"],
    ["IPv4 within IPv6, translated", "::ffff:0:7f00:1"],
    ["NAT64", "64:ff9b::7f00:1"],
    ["local NAT64", "64:ff9b:1::7f00:1"],
    ["6to4", "2002:7f00:1::"],
    ["Teredo", "2001:0:7f00:1::"],
    ["IPv6 link-local", "fe80::1"],
    ["IPv6 link-local with a zone", "fe80::1%lo"],
    ["site-local", "fec0::1"],
    ["unique local, the metadata of EC2", "fd00:ec2::254"],
    ["IPv6 multicast", "ff02::1"],
    ["IPv6 documentation", "2001:db8::1"],
    ["IPv6 documentation, the newer block", "3fff::1"],
    ["discard", "100::1"],
    ["segment routing", "5f00::1"],
    ["unassigned", "4000::1"],
    ["a name", "localhost"],
    ["nothing", ""],
  ])("is not %s: %s", (_, address) => {
    expect(isPublic(address)).toBe(false);
  });
});

test.each([
  ["1.1.1.1", true],
  ["127.0.0.1", true],
  ["::1", true],
  ["192.168.1.1", true],
  ["10.1.2.3", true],
  ["fd12:3456::1", true],
  ["169.254.169.254", false],
  ["fe80::1", false],
  ["fd00:ec2::254", false],
  ["100.100.100.200", false],
  ["0.0.0.0", false],
  ["::ffff:127.0.0.1", false],
  ["localhost", false],
])("an origin that the owner has written may lead to %s: %s", (address, allowed) => {
  expect(isPublicOrPrivate(address)).toBe(allowed);
});
