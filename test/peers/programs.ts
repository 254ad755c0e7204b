import { execFileSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { delimiter, join } from "node:path";

const onPath = (program: string): boolean =>
  (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));

/** Debian keeps the server's programs off the PATH, in a folder for each version: the newest is taken. */
export const postgresFolder = (): string | undefined =>
  globSync("/usr/lib/postgresql/*/bin")
    .filter((folder) => existsSync(join(folder, "initdb")))
    .toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .at(-1);

/** Debian's packages, and how one sees that each is there. */
const packages = {
  newsboat: () => onPath("newsboat"),
  miniflux: () => onPath("miniflux"),
  postgresql: () => postgresFolder() !== undefined,
  rss2email: () => onPath("r2e"),
  "python3-feedparser": () => existsSync("/usr/lib/python3/dist-packages/feedparser"),
  jing: () => onPath("jing"),
  "default-jre-headless": () => onPath("java"),
} as const;

const missing = (): readonly string[] =>
  Object.entries(packages).flatMap(([name, isThere]) => (isThere() ? [] : [name]));

const aptGet = (...args: readonly string[]): void => {
  execFileSync("apt-get", ["-o", "DPkg::Lock::Timeout=300", "-qq", ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", "ignore", "inherit"],
  });
};

/**
 * Installs what is missing where root and apt-get are at hand. False, with words, where there is no apt-get; an error
 * where a person has to install.
 */
export const bringPrograms = (): boolean => {
  const absent = missing();
  if (absent.length === 0) return true;
  if (!onPath("apt-get")) {
    console.log(`skipped: these are missing, and there is no apt-get to bring them: ${absent.join(", ")}`);
    return false;
  }
  if (process.getuid?.() !== 0)
    throw new Error(`these packages are missing: run sudo apt-get install ${absent.join(" ")}`);
  aptGet("update");
  aptGet("install", "-y", "--no-install-recommends", ...absent);
  const still = missing();
  if (still.length > 0) throw new Error(`apt-get brought no ${still.join(", ")}: install them by hand`);
  return true;
};
