import { execFileSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { basename } from "node:path";
import * as z from "zod";

const Manifest = z.looseObject({ name: z.string(), version: z.string() });

export interface Registry {
  readonly url: string;
  /** What is published last is the `latest` of its name. */
  readonly publish: (tarball: string) => void;
  readonly close: () => void;
}

/** A registry of npm on loopback. Packages that were not published to it are those of `upstream`. */
export const startRegistry = async (upstream: string): Promise<Registry> => {
  const published: { readonly manifest: z.infer<typeof Manifest>; readonly bytes: Buffer; readonly file: string }[] =
    [];
  // npm keeps what it was answered by address, and another run may get the same port.
  const folder = `/${randomUUID()}/`;
  let url = "";
  const packument = (name: string) => {
    const own = published.filter(({ manifest }) => manifest.name === name);
    const versions = own.map(({ manifest, bytes, file }) => [
      manifest.version,
      {
        ...manifest,
        dist: {
          tarball: `${url}-/tarballs/${file}`,
          integrity: `sha512-${createHash("sha512").update(bytes).digest("base64")}`,
        },
      },
    ]);
    const latest = own.at(-1)?.manifest.version;
    return latest && JSON.stringify({ name, "dist-tags": { latest }, versions: Object.fromEntries(versions) });
  };
  const server = createServer(({ url: path = "" }, response) => {
    const name = path.replace(folder, "");
    const tarball = published.find(({ file }) => name === `-/tarballs/${file}`);
    if (tarball !== undefined) return response.end(tarball.bytes);
    const own = packument(decodeURIComponent(name));
    // With `prefer-offline` npm would not see what is published later.
    const headers = { "content-type": "application/json", "cache-control": "no-store" };
    if (own !== undefined) return response.writeHead(200, headers).end(own);
    // npm follows it with its own cache and its own proxy.
    return response.writeHead(302, { location: new URL(name, upstream).href }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}${folder}`;
  return {
    url,
    publish: (tarball) => {
      const manifest = execFileSync("tar", ["-xzOf", tarball, "package/package.json"]);
      published.push({
        manifest: Manifest.parse(JSON.parse(manifest.toString())),
        bytes: readFileSync(tarball),
        file: basename(tarball),
      });
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
