import { spawn } from "node:child_process";

const commands: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

/** Opens the address in the browser of whoever sits at this machine; without one, nothing happens. */
export const openInBrowser = (url: string): void => {
  const [command = "xdg-open", ...args] = commands[process.platform] ?? [];
  const child = spawn(command, [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
};
