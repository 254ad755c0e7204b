import { execFileSync, spawn } from "node:child_process";
import { chmod, chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { postgresFolder } from "../programs.ts";
import { end, runProgram } from "../run-program.ts";

export interface Postgres {
  /** A libpq connection string for a Unix socket, which needs no port. */
  readonly connection: string;
  stop(): Promise<void>;
}

/** PostgreSQL does not run as root. The package of Debian creates the user `postgres`. */
const owner = (): { readonly uid?: number; readonly gid?: number } => {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
};

/** A cluster in a temporary folder. */
export const startPostgres = async (): Promise<Postgres> => {
  const programs = postgresFolder();
  if (programs === undefined) throw new Error("there is no PostgreSQL: install Debian's postgresql");
  const folder = await mkdtemp(join(tmpdir(), "crier-postgres-"));
  const user = owner();
  await chmod(folder, 0o755);
  if (user.uid !== undefined && user.gid !== undefined) await chown(folder, user.uid, user.gid);
  const [cluster, options] = [join(folder, "cluster"), { ...user, cwd: folder }];
  const init = ["-D", cluster, "-A", "trust", "-U", "crier", "-E", "UTF8", "--no-locale", "--no-sync"];
  execFileSync(join(programs, "initdb"), init, { ...options, stdio: "ignore" });
  const server = spawn(
    join(programs, "postgres"),
    ["-D", cluster, "-c", "listen_addresses=", "-c", `unix_socket_directories=${folder}`, "-c", "fsync=off"],
    { ...options, stdio: "ignore" },
  );
  const stop = async () => {
    // "Fast shutdown": PostgreSQL's manual, "Shutting Down the Server".
    await end(server, "SIGINT");
    await rm(folder, { recursive: true, force: true });
  };
  const isReady = async () => {
    const { exit, err } = await runProgram(join(programs, "pg_isready"), ["-h", folder, "-q"]);
    if (exit !== 0) throw new Error(`PostgreSQL in ${folder} is not ready: ${err}`);
  };
  try {
    await vi.waitFor(isReady, { timeout: 30_000, interval: 100 });
  } catch (error) {
    await stop();
    throw error;
  }
  return { connection: `user=crier dbname=postgres host=${folder} sslmode=disable`, stop };
};
