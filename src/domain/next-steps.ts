/** What a person can do, and the command for it: what follows `npx crier`. */
export interface NextStep {
  readonly purpose: string;
  readonly words: string;
}

/** A command as it is typed. Without `--site` it is about the first site of the configuration. */
export const commandLine = (words: string, site: string | undefined): string =>
  `npx crier ${words}${site === undefined ? "" : ` --site ${site}`}`;

/** A command as it is typed, for the site with this id. */
export type CommandOfSite = (words: string, site: string) => string;

export const commandsOf =
  ([first]: readonly { readonly id: string }[]): CommandOfSite =>
  (words, site) =>
    commandLine(words, site === first?.id ? undefined : site);

interface Undecided {
  readonly state: string;
  readonly hold?: string | null | undefined;
  /** Only a part of it is known to be there. */
  readonly unfinished?: boolean;
}

/** What a person can do about a delivery that needs a decision. `name`: its id, or its post's slug where each of the post is meant. */
export const nextSteps = ({ state, hold, unfinished }: Undecided, name: string): readonly NextStep[] => {
  const dismiss: NextStep = { purpose: "to cancel it for good", words: `dismiss ${name}` };
  switch (state) {
    case "held":
      return [{ purpose: "to send it", words: `${hold === "approval" ? "approve" : "release"} ${name}` }, dismiss];
    case "failed":
      return [{ purpose: "to send it again", words: `retry ${name}` }, dismiss];
    case "unknown":
      return [
        { purpose: "if it is on the network", words: `resolve ${name} --as posted` },
        { purpose: "if it is not, to send it", words: `resolve ${name} --as retry` },
      ];
    case "posted":
      return unfinished === true
        ? [
            { purpose: "if all of it is on the network now", words: `resolve ${name} --as posted` },
            { purpose: "if not, to send what is missing", words: `resolve ${name} --as retry` },
          ]
        : [];
    default:
      return [];
  }
};
