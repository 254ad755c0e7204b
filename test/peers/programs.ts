import { execFileSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { delimiter, join } from "node:path";

export const onPath = (program: string): boolean =>
  (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));

/**
 * In Debian the programs of the server are not on the PATH, but in a folder for each version. Returns the newest one.
 */
export const postgresFolder = (): string | undefined =>
  globSync("/usr/lib/postgresql/*/bin")
    .filter((folder) => existsSync(join(folder, "initdb")))
    .toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .at(-1);

/** Libraries with compiled parts are in a folder for each machine and version of Ruby. */
const hasGem = (name: string): boolean =>
  globSync(`/usr/{share,lib/*}/rubygems-integration/*/gems/${name}-*`).length > 0;

/** Packages of Debian, and whether each is installed. */
const packages = {
  newsboat: () => onPath("newsboat"),
  miniflux: () => onPath("miniflux"),
  postgresql: () => postgresFolder() !== undefined,
  rss2email: () => onPath("r2e"),
  "python3-feedparser": () => existsSync("/usr/lib/python3/dist-packages/feedparser"),
  jing: () => onPath("jing"),
  "default-jre-headless": () => onPath("java"),
  snac2: () => onPath("snac"),
  "ruby-redcarpet": () => hasGem("redcarpet"),
  "ruby-liquid": () => hasGem("liquid"),
  "ruby-rails-html-sanitizer": () => hasGem("rails-html-sanitizer"),
} as const;

type Package = keyof typeof packages;

/** The packages that the tests of feeds need. */
const ofFeeds: readonly Package[] = [
  "newsboat",
  "miniflux",
  "postgresql",
  "rss2email",
  "python3-feedparser",
  "jing",
  "default-jre-headless",
];

const missingOf = (names: readonly Package[]): readonly Package[] => names.filter((name) => !packages[name]());

const aptGet = (...args: readonly string[]): void => {
  execFileSync("apt-get", ["-o", "DPkg::Lock::Timeout=300", "-qq", ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", "ignore", "inherit"],
  });
};

/**
 * Installs missing packages, as root with apt-get. Without apt-get it answers false and prints why. Throws if the
 * packages have to be installed by hand.
 */
export const installPrograms = (names: readonly Package[] = ofFeeds): boolean => {
  const before = missingOf(names);
  if (before.length === 0) return true;
  if (!onPath("apt-get")) {
    console.log(`skipped: these are missing, and there is no apt-get to install them: ${before.join(", ")}`);
    return false;
  }
  if (process.getuid?.() !== 0)
    throw new Error(`these packages are missing: run sudo apt-get install ${before.join(" ")}`);
  aptGet("update");
  aptGet("install", "-y", "--no-install-recommends", ...before);
  const after = missingOf(names);
  if (after.length > 0) throw new Error(`apt-get did not install ${after.join(", ")}: install them by hand`);
  return true;
};
