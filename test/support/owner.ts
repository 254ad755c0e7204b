import { onTestFinished } from "vitest";
import { webApp } from "../../src/api/http-api.ts";
import { serverName } from "../../src/app/deliver/admission.ts";
import { composePictures, hash } from "../../src/compose.ts";
import { siteCommands } from "../../src/domain/delivery-commands.ts";
import { hour, minute } from "../../src/domain/time.ts";
import { prepare } from "../../src/pictures/prepare.ts";
import { storedPictures } from "../../src/pictures/stored-pictures.ts";
import { consoleLog } from "../../src/runtimes/local/console-output.ts";
import { reportDeliveries } from "../../src/runtimes/local/delivery-lines.ts";
import { logIngested } from "../../src/runtimes/local/document-lines.ts";
import { listen } from "../../src/runtimes/local/listen.ts";
import { composeTestedApp } from "./app.ts";
import { crier as crierIn } from "./terminal.ts";
import { aDocument, aWorld } from "./world.ts";

const token = "owner";
const timeZone = "Europe/Berlin";

/**
 * An owner with one blog: what the terminal of `npm start` prints, what the mails say, and the `crier` command, which
 * reaches the API over HTTP. Ids are `ID` in what is read, and are put back into the commands that are followed.
 */
export const anOwner = async (options: Parameters<typeof aWorld>[0] = {}) => {
  const world = await aWorld({ mailsOwner: true, site: { timeZone }, ...options });
  const printed: string[] = [];
  const read: string[] = [];
  const log = consoleLog((line) => printed.push(line));
  const command = siteCommands([{ id: "blog" }]);
  const facts = { clock: world.clock, timeZone: () => timeZone, removeCopiesAfter: 24 * hour, command };
  const reported = reportDeliveries(world.store, {
    log,
    setTimer: () => () => {},
    ...facts,
    accounts: world.configured.accounts,
    serverOf: (account) => serverName(account, world.parts()),
  });
  const pictures = composePictures({
    pictureStore: storedPictures(world.objects, hash),
    fetchPicture: async () => ({ kind: "failed", reason: "blog.example.com answered 404" }),
    scalePicture: prepare,
    clock: world.clock,
  });
  const app = composeTestedApp({ ...world.parts(), store: { ...world.store, ...reported.store }, pictures, log });
  const web = webApp({ sites: app.sites, token: async () => token, log });
  const http = await listen(0);
  onTestFinished(() => http.close());
  http.serve(async (request, env) => {
    const file = await world.objects.read(new URL(request.url).pathname.slice(1));
    const type = request.url.endsWith(".json") ? "application/feed+json" : "application/rss+xml";
    return file === undefined
      ? web.fetch(request, env)
      : new Response(new Uint8Array(file.bytes), { headers: { "content-type": type } });
  });
  const env = { CRIER_URL: `http://127.0.0.1:${http.port}/`, CRIER_TOKEN: token };

  const ids = new Set<string>();
  const withoutIds = (text: string): string => {
    for (const [id] of text.matchAll(/[0-9a-f]{26}\.one\.\d/g)) ids.add(id);
    return text.replaceAll(/[0-9a-f]{26}\.one\.\d/g, "ID").replaceAll(env.CRIER_URL, "http://crier/");
  };
  /** What a person reads, with the lines indented as in this file. */
  const shown = (lines: readonly string[]): string => {
    const text = withoutIds(lines.join("\n"));
    read.push(text);
    return `\n${text}\n`;
  };

  const rest = async (): Promise<void> => {
    for (let round = 0; round < 20; round += 1)
      for (const ref of await world.store.due.before(world.clock(), 200)) await app.work(ref);
  };
  const wait = async (milliseconds: number): Promise<void> => {
    for (let passed = 0; passed < milliseconds; passed += minute) {
      world.turn(minute);
      await rest();
    }
  };
  const crier = async (...args: readonly string[]): Promise<string> => {
    const { out, err } = await crierIn(args, { env });
    await rest();
    return shown(`${err}${out}`.trimEnd().split("\n"));
  };

  return {
    world,
    rest,
    wait,
    crier,
    /** Saves the document `s.md`. */
    save: async (fields: Readonly<Record<string, unknown>> = {}, body?: string): Promise<void> => {
      world.write("s.md", aDocument({ slug: "s", title: "A title", ...fields }, body));
      logIngested(log, "s.md", await app.ingest("folder", "s.md"), facts);
      await rest();
    },
    /** Saves another document, whose post makes the feeds due. */
    saveOther: async (): Promise<void> => {
      world.write("other.md", "---\ntitle: Other\nslug: other\ndate: 2026-03-01T07:30:00Z\n---\nWords.\n");
      await app.ingest("folder", "other.md");
      await rest();
    },
    /** Saves `s.md` with this text. */
    saveText: async (text: string): Promise<void> => {
      world.write("s.md", text);
      logIngested(log, "s.md", await app.ingest("folder", "s.md"), facts);
      await rest();
    },
    /** What the terminal of `npm start` printed since the last call. */
    terminal: () => shown(printed.splice(0)),
    /** The mails since the last call. They come a few minutes after what they are about. */
    mail: async () => {
      await wait(3 * minute);
      return shown(world.outside.told.splice(0).flatMap(({ subject, text }) => [subject, "", ...text.split("\n")]));
    },
    /** Runs a command, which must be in what was read before, to the letter. */
    follow: async (command: string): Promise<string> => {
      if (!read.some((text) => text.includes(`npx crier ${command}`)))
        throw new Error(`nothing that was read names npx crier ${command}`);
      const [id = ""] = [...ids].slice(-1);
      return crier(...command.replace("ID", id).split(" "));
    },
  };
};
