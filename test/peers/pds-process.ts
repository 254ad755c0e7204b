import { mkdirSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * The program of a personal data server with its directory of identities, on the loopback. Its arguments: the folder of
 * their packages, and one for the server's files. It sends the server's port to its parent. A message from there moves the
 * server's clock: it is that many milliseconds ahead.
 */
const [packages = "", files = ""] = process.argv.slice(2);

// They log every request.
process.env.LOG_ENABLED = "false";

let ahead = 0;
process.on("message", (milliseconds) => {
  ahead = Number(milliseconds);
});
process.on("disconnect", () => process.exit());
const SystemDate = Date;
globalThis.Date = new Proxy(SystemDate, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length === 0 ? [SystemDate.now() + ahead] : given, newTarget),
  get: (target, name, receiver) =>
    name === "now" ? () => SystemDate.now() + ahead : Reflect.get(target, name, receiver),
});

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "better-sqlite3"
      ? { url: pathToFileURL(join(import.meta.dirname, "better-sqlite3.ts")).href, shortCircuit: true }
      : next(specifier, context),
});

interface App {
  listen(port: number, host?: string): Server;
}
interface Program {
  readonly app: App;
  start(): Promise<Server | undefined>;
}
interface Directory {
  readonly PlcServer: { create(options: object): Program };
  readonly Database: { mock(): object };
}
interface Crypto {
  readonly Secp256k1Keypair: { create(options?: object): Promise<{ did(): string; export(): Promise<Uint8Array> }> };
}
interface DataServer {
  readonly PDS: { create(config: object, secrets: object): Promise<Program> };
  readonly envToCfg: (environment: object) => object;
  readonly envToSecrets: (environment: object) => object;
}

const require = createRequire(join(packages, "package.json"));
const names = ["@did-plc/server", "@atproto/crypto", "@atproto/pds"] as const;
const [{ PlcServer, Database }, { Secp256k1Keypair }, { PDS, envToCfg, envToSecrets }]: [
  Directory,
  Crypto,
  DataServer,
] = [require(names[0]), require(names[1]), require(names[2])];

/** Starts it on a free port of the loopback, whatever it would listen to. */
const startOnLoopback = async (program: Program): Promise<number> => {
  const { promise, resolve } = Promise.withResolvers<Server>();
  const listen = program.app.listen.bind(program.app);
  program.app.listen = () => {
    const server = listen(0, "127.0.0.1");
    resolve(server);
    return server;
  };
  await program.start();
  const address: AddressInfo | string | null = (await promise).address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
};

const directory = await startOnLoopback(PlcServer.create({ db: Database.mock() }));
const rotationKey = await Secp256k1Keypair.create({ exportable: true });
const blobs = join(files, "blobs");
mkdirSync(blobs);
const environment = {
  devMode: true,
  // The port at which it is reached does not affect its answers.
  port: 2583,
  hostname: "localhost",
  dataDirectory: files,
  blobstoreDiskLocation: blobs,
  didPlcUrl: `http://127.0.0.1:${directory}`,
  recoveryDidKey: (await Secp256k1Keypair.create()).did(),
  plcRotationKeyK256PrivateKeyHex: Buffer.from(await rotationKey.export()).toString("hex"),
  adminPassword: "admin",
  jwtSecret: "jwt",
  dpopSecret: "0".repeat(64),
  serviceHandleDomains: [".test"],
  inviteRequired: false,
  // Another server shows posts to people. It gets no request.
  bskyAppViewUrl: "https://appview.invalid",
  bskyAppViewDid: "did:example:invalid",
  bskyAppViewCdnUrlPattern: "http://cdn.appview.invalid/%s/%s/%s",
  modServiceUrl: "https://moderator.invalid",
  modServiceDid: "did:example:invalid",
  disableSsrfProtection: true,
  rateLimitsEnabled: true,
  crawlers: [],
};
const port = await startOnLoopback(await PDS.create(envToCfg(environment), envToSecrets(environment)));
process.send?.(port);
