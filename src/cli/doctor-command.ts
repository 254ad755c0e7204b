import type { Command } from "commander";
import { CommandError, connect } from "../api/api-client.ts";
import { doctor } from "./doctor.ts";
import { type Perform, subcommand, type Terminal } from "./subcommand.ts";

interface DoctorFlags {
  readonly json?: boolean;
  readonly site?: string;
  readonly config?: string;
}

/** A URL or a file, and not the id of a site. */
const isPlace = (text: string): boolean => /[./\\:]/.test(text);

export const doctorCommand = (program: Command, perform: Perform, { env, folder }: Terminal): void => {
  subcommand(
    program,
    "doctor [place]",
    "check for common problems, or say what would become of the documents of a folder or the entries of a feed",
  )
    .option(
      "--site <place>",
      "the URL or the file of the site's own feed or sitemap, to compare with: the documents of PLACE, or the posts of Crier; or the id of a site, if it is not the first one",
    )
    .option("--config <file>", "the configuration of the site, if it is not crier.config.ts")
    .action((dir: string | undefined, flags: DoctorFlags) =>
      perform(flags, async () => {
        const { site, config } = flags;
        if (site !== undefined && isPlace(site)) {
          // Loaded on demand, so that no other command waits for the readers of documents and feeds.
          const { compareSite } = await import("./compare-site.ts");
          return compareSite({ place: site, dir, config, folder, clientFor: (id) => connect(env, folder, id) });
        }
        if (dir !== undefined) {
          const { examinePlace } = await import("./examine-place.ts");
          return examinePlace({ place: dir, site, config, folder });
        }
        if (config !== undefined)
          throw new CommandError("--config needs a folder or a feed: npx crier doctor DIR|URL", { exitCode: 2 });
        return doctor(connect(env, folder, site));
      }),
    );
};
