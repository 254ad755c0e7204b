import { access, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** This command opens an address on Linux. */
const command = "xdg-open";

/**
 * A browser that only writes down what it is to open. It ends as `xdg-open` does where it finds no browser, as over SSH:
 * with 3.
 */
export const aBrowser = async (folder: string) => {
  const [commands, file] = [join(folder, "browser"), join(folder, "opened.txt")];
  await mkdir(commands);
  await writeFile(file, "");
  await writeFile(join(commands, command), `#!/bin/sh\nprintf '%s\\n' "$@" >>'${file}'\nexit 3\n`, { mode: 0o755 });
  return {
    /** The environment of who has it. */
    before: (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ ...env, PATH: `${commands}${delimiter}${env.PATH}` }),
    /** The addresses so far. */
    opened: async (): Promise<readonly string[]> => (await readFile(file, "utf8")).split("\n").slice(0, -1),
  };
};

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** The environment of a machine that has every command but that which opens a browser, as a container. */
export const withoutBrowser = async (env: NodeJS.ProcessEnv, folder: string): Promise<NodeJS.ProcessEnv> => {
  const paths: string[] = [];
  for (const [place, path] of (env.PATH ?? "").split(delimiter).entries()) {
    if (!(await exists(join(path, command)))) {
      paths.push(path);
      continue;
    }
    const links = join(folder, `commands-${place}`);
    await mkdir(links);
    const others = (await readdir(path)).filter((name) => name !== command);
    await Promise.all(others.map((name) => symlink(join(path, name), join(links, name))));
    paths.push(links);
  }
  return { ...env, PATH: paths.join(delimiter) };
};
