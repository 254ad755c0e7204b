const maxPath = 15;
const maxLink = 27;

/** What a reader sees of a link: its facet has the whole address, so that the text has more room. The host is never cut from its end. */
export const displayOf = (address: string): string => {
  const { host: full, pathname, search } = new URL(address);
  const host = full.replace(/^www\./, "");
  if (host.length > maxLink) return `…${host.slice(1 - maxLink)}`;
  const path = pathname === "/" && search === "" ? "" : pathname + search;
  const room = Math.min(maxPath, maxLink - host.length);
  if (path.length <= room) return host + path;
  // Half a percent-encoded character is no text.
  return room < 5 ? host : `${host}${path.slice(0, room - 1).replace(/%[\dA-F]?$/i, "")}…`;
};
