import { Agent, request } from "node:http";
import { join } from "node:path";
import { makeEntries, makeFeed, readWindow } from "../src/app/render/make-feed.ts";
import { makeFormats, registry } from "../src/feeds/index.ts";
import { encoders } from "../src/objects/encodings.ts";
import { strongTag } from "../src/runtimes/local/static-files.ts";
import { aSite } from "../test/support/builders.ts";
import { writeDocuments } from "./bench-documents.ts";
import { measureCpu, openCrier } from "./crier-in-process.ts";
import { startCrier, untilImported } from "./crier-process.ts";
import { type Answer, atLeast, number, type Sizes } from "./findings.ts";
import { withFolder } from "./with-folder.ts";

const agent = new Agent({ keepAlive: true, maxSockets: 8 });

const send = (url: string, headers: Readonly<Record<string, string>>): Promise<{ status: number; etag: string }> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { agent, headers: { "accept-encoding": "br", ...headers } }, (response) => {
      response
        .resume()
        .on("end", () => resolve({ status: response.statusCode ?? 0, etag: response.headers.etag ?? "" }));
    });
    // The server ends a connection that was idle for a while, maybe just when it is used again.
    sent.on("error", (error) => (sent.reusedSocket ? resolve(send(url, headers)) : reject(error)));
    sent.end();
  });

/** Eight requests at a time. */
const sendMany = async (count: number, one: () => Promise<unknown>): Promise<void> => {
  let left = count;
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await one();
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
};

/**
 * CPU time of a program that makes the same answer anew for each request, in ms, without its HTTP: it reads the posts,
 * renders the file, checks it, and makes the validator and the compressed bytes. `part` leaves out what follows the text.
 */
const regenerating = (file: string, rounds: number, part: "text" | "answer"): Promise<number> =>
  withFolder(async (folder) => {
    const crier = openCrier(folder);
    await crier.import(60);
    const site = aSite();
    const render = async () => {
      const window = await readWindow(site, "main", { now: Date.now(), rendered: undefined }, crier.store);
      const state = { key: "main", title: "", updated: undefined } as const;
      const feed = makeFeed(site, { state, entries: makeEntries(site, window.posts), listed: [], archive: undefined });
      // Without the texts of an earlier request.
      const formats = makeFormats(registry.filter((format) => format.file === file));
      const rendered = formats.render(feed);
      if (part === "text") return;
      if (formats.gate(rendered, feed).length > 0) throw new Error(`${file} does not pass the gate`);
      for (const { text } of rendered) {
        const bytes = new TextEncoder().encode(text);
        strongTag(bytes);
        await encoders.br(bytes);
      }
    };
    for (let round = 0; round < 20; round += 1) await render();
    const time = await measureCpu(async () => {
      for (let round = 0; round < rounds; round += 1) await render();
    });
    crier.close();
    return time / rounds;
  });

/** The files that Crier has written, served to readers. */
export const askServing = ({ requests, rounds }: Sizes): Promise<Answer> =>
  withFolder(async (folder) => {
    const content = join(folder, "content");
    await writeDocuments(content, 60);
    const crier = await startCrier(content, join(folder, "data"), "crier.config.ts");
    try {
      await untilImported(crier, 60);
      const served = async (path: string, headers: Readonly<Record<string, string>>, status: number) => {
        const one = async () => {
          const answer = await send(crier.url + path, headers);
          if (answer.status !== status) throw new Error(`${path} answers ${answer.status} instead of ${status}`);
        };
        await sendMany(requests / 4, one);
        const before = crier.usage().cpu;
        await sendMany(requests, one);
        return ((crier.usage().cpu - before) * 1000) / requests;
      };
      const { etag } = await send(`${crier.url}feed.xml`, {});
      const feed = await served("feed.xml", {}, 200);
      const page = await served("", {}, 200);
      const unchanged = await served("feed.xml", { "if-none-match": etag }, 304);
      const anew = {
        feed: await regenerating("feed.xml", rounds * 5, "answer"),
        page: await regenerating("index.html", rounds * 5, "answer"),
      };
      const text = await regenerating("feed.xml", rounds * 5, "text");
      return {
        why: "By a profile, three quarters of a request are the kernel's write to the socket and Node's HTTP, which what is compared with it does not have; a quarter is Crier's own: the check of the Host, the routes, the headers and the file's time. An answer cannot be much cheaper in one process of Node, and making one anew is cheap: an entry is rendered and checked in a few tenths of a millisecond.",
        id: "serving",
        title: "Serving readers",
        how: `CPU time of \`npm start\` for each request, ${number(requests)} of each kind over eight connections; against that of making the same answer anew for each request, without HTTP: the posts are read, the one file is rendered, checked by the gate, hashed for its validator and compressed.`,
        findings: [
          { what: "a feed", value: `${number(feed)} ms` },
          { what: "the page", value: `${number(page)} ms` },
          { what: "a 304", value: `${number(unchanged)} ms` },
          { what: "the feed made anew", value: `${number(anew.feed)} ms` },
          { what: "of these, the posts read and the text rendered", value: `${number(text)} ms` },
          { what: "the page made anew", value: `${number(anew.page)} ms` },
          atLeast("regenerating the feed ÷ serving it", anew.feed / feed, 50),
          atLeast("regenerating the page ÷ serving it", anew.page / page, 50),
          atLeast("regenerating the feed ÷ a 304", anew.feed / unchanged, 100),
        ],
        chart: {
          title: "CPU time for a request",
          bars: [
            { name: "regenerated page", value: anew.page, label: `${number(anew.page)} ms` },
            { name: "regenerated feed", value: anew.feed, label: `${number(anew.feed)} ms` },
            { name: "page", value: page, label: `${number(page)} ms` },
            { name: "feed", value: feed, label: `${number(feed)} ms` },
            { name: "304", value: unchanged, label: `${number(unchanged)} ms` },
          ],
        },
      };
    } finally {
      agent.destroy();
      await crier.stop();
    }
  });
