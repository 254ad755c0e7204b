/** Parameters that tell where a reader came from: campaigns, Facebook, Google, Mailchimp, and `source=rss` of Medium. */
const isTracking = ([name, value]: readonly [string, string]): boolean =>
  /^(?:utm_|fbclid$|gclid$|mc_[ce]id$|at_(?:medium|campaign)$)/i.test(name) ||
  (name === "source" && /^rss/i.test(value));

/** The address of an entry, the same whatever a service adds to it. */
export const withoutTracking = (address: string): string => {
  const url = new URL(address);
  const tracking = [...url.searchParams].filter(isTracking);
  // A query without them stays byte for byte.
  for (const [name] of tracking) url.searchParams.delete(name);
  return url.href;
};
