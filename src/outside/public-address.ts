import ipaddr from "ipaddr.js";

/** True where a request may be sent to the IP address. */
export type Allow = (address: string) => boolean;

/** IANA assigns global IPv6 addresses from this block only; ipaddr.js does not know every other block. */
const globalUnicast = ipaddr.parseCIDR("2000::/3");

/**
 * True for an address of the public internet. Not public are loopback, private, link-local (such as 169.254.169.254 and
 * other metadata addresses), carrier-grade NAT, multicast and reserved addresses, and IPv6 addresses that contain an IPv4
 * address (mapped, NAT64, 6to4, Teredo).
 */
export const isPublic: Allow = (address) => {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== "unicast") return false;
  return parsed.kind() === "ipv4" || parsed.match(globalUnicast);
};

/** The metadata service of EC2, which hands out credentials, is in the range of private addresses. */
const ec2Metadata = ipaddr.parseCIDR("fd00:ec2::/32");

/**
 * For an origin that the owner has written: a server of their own may be on this machine or in their network. Link-local
 * addresses, where clouds have their metadata, are never allowed.
 */
export const isPublicOrPrivate: Allow = (address) => {
  if (isPublic(address)) return true;
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.kind() === "ipv6" && parsed.match(ec2Metadata)) return false;
  return ["loopback", "private", "uniqueLocal"].includes(parsed.range());
};
