import ipaddr from "ipaddr.js";

/** Judges an IP address as it was resolved, before anything is sent to it. */
export type Allow = (address: string) => boolean;

/** IANA gives out global IPv6 addresses of this block only: what ipaddr.js does not know by name is refused too. */
const globalUnicast = ipaddr.parseCIDR("2000::/3");

/**
 * True for an address of the public internet. Loopback, private, link-local (169.254.169.254 and other metadata
 * addresses among them), carrier-grade NAT, multicast and reserved ones are not, nor is an IPv6 address that stands for
 * an IPv4 one (mapped, NAT64, 6to4, Teredo): it leads to whatever that is.
 */
export const isPublic: Allow = (address) => {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== "unicast") return false;
  return parsed.kind() === "ipv4" || parsed.match(globalUnicast);
};

/** For what the owner of this machine named, such as a hub that runs beside it. */
export const isPublicOrLoopback: Allow = (address) =>
  isPublic(address) || (ipaddr.isValid(address) && ipaddr.parse(address).range() === "loopback");
