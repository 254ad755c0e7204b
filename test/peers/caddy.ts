import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { end } from "./run-program.ts";

/** Runs Caddy with these sites in a folder. Its certificates are of its own authority, `ca`, and not of a public one. */
export const runCaddy = async (folder: string, sites: string) => {
  const options = `{\n\tadmin off\n\tlocal_certs\n\tskip_install_trust\n\tauto_https disable_redirects\n\tstorage file_system ${folder}\n}\n`;
  await writeFile(join(folder, "Caddyfile"), options + sites);
  const child = spawn("caddy", ["run", "--config", join(folder, "Caddyfile"), "--adapter", "caddyfile"], {
    env: { PATH: process.env.PATH, HOME: folder },
    stdio: "ignore",
  });
  return {
    ca: () => readFile(join(folder, "pki/authorities/local/root.crt"), "utf8"),
    stop: () => end(child),
  };
};
