import type { Site } from "../domain/site.ts";
import type { CheckedExport } from "./read-export.ts";
import { TransferError } from "./transfer-error.ts";

/** Posts of a site that the configuration lacks could be neither rendered nor sent. */
export const checkSites = ({ file, sites }: CheckedExport, configured: readonly Pick<Site, "id">[]): void => {
  const known = new Set(configured.map(({ id }) => id));
  const missing = sites.filter((id) => !known.has(id));
  if (missing.length > 0)
    throw new TransferError(
      `${file} has posts of ${missing.join(", ")}, which the configuration does not name: use the crier.config.ts of the home that it comes from`,
    );
};
