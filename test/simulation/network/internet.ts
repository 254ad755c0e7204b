import { second } from "../../../src/domain/time.ts";
import type { Fetch } from "../../../src/networks/http.ts";
import type { Random } from "../random.ts";
import type { Process, Scheduler } from "../scheduler.ts";
import type { Fate } from "./fates.ts";
import type { ModelRequest, NetworkModel, Reply, Sender } from "./network-model.ts";

export interface InternetOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly modelAt: (url: URL) => NetworkModel;
  readonly fateOf: (request: ModelRequest, model: NetworkModel) => Fate;
  /**
   * Returns the longest time, in ms, after which a request of this network may have its effect although the client has
   * given up.
   */
  readonly maxLag: (network: string) => number;
  /**
   * Called for every request that was sent. `others`: how many other processes of its installation wait for an answer of
   * the same server.
   */
  readonly onSend: (request: ModelRequest, model: NetworkModel, fate: Fate, others: number) => void;
}

const html: Reply = { status: 200, headers: { "content-type": "text/html" }, body: undefined };

const page = "<!doctype html><title>Hello</title>";

const responseOf = ({ status, headers, body, text }: Reply): Response => {
  if (status === 204) return new Response(null, { status });
  const content = text ?? (body === undefined ? page : JSON.stringify(body));
  return new Response(content, { status, headers: { "content-type": "application/json", ...headers } });
};

const failure = (code: string): Error =>
  new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });

/** The way between a process and the networks' models: a request that was sent has its effect even when its sender has crashed. */
export const internet = ({ scheduler, random, modelAt, fateOf, maxLag, onSend }: InternetOptions) => {
  const { at } = scheduler;

  /**
   * Processes that wait for an answer, by installation and server. The address of a webhook is a secret, so each account
   * is a server of its own, also where two of them have one address.
   */
  const waiting = new Map<string, Set<Process>>();
  const waitingFor = (url: URL, { installation, account }: Sender): Set<Process> => {
    const key = `${installation} ${modelAt(url).network === "webhook" ? account : url.host}`;
    const found = waiting.get(key) ?? new Set();
    waiting.set(key, found);
    return found;
  };

  /** Sends the request, and answers as its fate has it. */
  const exchange = (request: ModelRequest, others: number, answer: (settle: () => Response) => void): void => {
    const model = modelAt(request.url);
    const fate = fateOf(request, model);
    onSend(request, model, fate, others);
    const soon = scheduler.now + (random.chance(0.7) ? 0 : random.between(1, 2_000));
    const name = `${model.network}: ${request.method} ${request.url.pathname.slice(0, 60)}`;
    const land = (when: number, then: (reply: Reply) => void = () => {}): void => {
      at(when, `${name} is applied (${fate})`, () => then(model.handle(request, scheduler.now)));
    };
    const later = (when: number, settle: () => Response): void => {
      at(when, `${name} is answered (${fate})`, () => answer(settle));
    };
    /** Replaces an answer that said yes. */
    const instead = (body: string) => (given: Reply) => {
      if (given.status >= 300) return reply(given);
      later(scheduler.now, () => new Response(body, { status: 200, headers: { "content-type": "text/html" } }));
    };
    const reply = (given: Reply): void => later(scheduler.now, () => responseOf(given));
    const fail = (code: string): void =>
      later(scheduler.now, () => {
        throw failure(code);
      });
    const becomes: Readonly<Record<Fate, () => void>> = {
      answered: () => land(soon, reply),
      refused: () => fail("ECONNREFUSED"),
      "reset-before": () => fail("ECONNRESET"),
      "applied-then-reset": () => land(soon, () => fail("ECONNRESET")),
      "applied-then-500": () => land(soon, (given) => reply(given.status < 300 ? { status: 500, body: {} } : given)),
      "503": () => reply({ status: 503, body: { error: "Service Unavailable" } }),
      "429": () => reply(model.tooMany(scheduler.now, random.pick([1, 60, 900]) * second)),
      slow: () => land(scheduler.now + random.between(5, 30) * second, reply),
      late: () => {
        land(scheduler.now + random.between(1, maxLag(model.network)));
        fail("ECONNRESET");
      },
      hang: () => {},
      "applied-then-hang": () => land(soon),
      html: () => (model.takesBy2xx === true ? land(soon, instead("<p>Thank you</p>")) : reply(html)),
      "html-502": () => reply({ ...html, status: 502 }),
      "applied-then-empty": () => land(soon, instead("")),
      redirect: () => reply({ status: 302, headers: { location: "https://elsewhere.example/login" }, body: {} }),
    };
    becomes[fate]();
  };

  return {
    fetchOf:
      (process: Process, sender: Sender): Fetch =>
      async (address, init) => {
        const url = new URL(address);
        const { method = "GET", body, signal } = init;
        const label = `${method} ${url.host}${url.pathname.slice(0, 60)}`;
        // The request leaves in this step: a crash after it does not call it back.
        const { answered } = await scheduler.call(process, label, () => {
          const headers = new Headers(init.headers);
          const answer = Promise.withResolvers<() => Response>();
          const others = [...waitingFor(url, sender)].filter((other) => other !== process && other.alive).length;
          waitingFor(url, sender).add(process);
          const request = { sender, method, url, headers, body: String(body ?? ""), sentAt: scheduler.now };
          exchange(request, others, answer.resolve);
          return { answered: answer.promise };
        });
        const response = scheduler.wait<Response>(process, `the answer to ${label}`, (answer) => {
          let isOver = false;
          const once = (settle: () => Response): void => {
            if (isOver) return;
            isOver = true;
            answer(settle);
          };
          const giveUp = (): void =>
            once(() => {
              throw signal?.reason;
            });
          if (signal?.aborted === true) giveUp();
          signal?.addEventListener("abort", giveUp);
          void answered.then(once);
        });
        return response.finally(() => waitingFor(url, sender).delete(process));
      },
  };
};

export type Internet = ReturnType<typeof internet>;
