import type { BrowserContext, Page } from "playwright-core";
import type { AMachine } from "./machine.ts";

/** The attacks of a page of another origin on a console, and the state that they must not change. */

export interface Attempt {
  /** `cors`: a fetch whose answer the page may read, if the server allows it. */
  readonly how: "form" | "fetch" | "cors";
  readonly path: string;
  /** The type of the form, or of the request. Undefined: none is sent. */
  readonly type: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
}

export const urlencoded = "application/x-www-form-urlencoded";

/** Sends it as a script of a page can, and waits until there is an answer or none comes. */
export const send = async (frame: Pick<Page, "evaluate">, base: string, { how, path, type, fields }: Attempt) => {
  const url = JSON.stringify(base + path);
  const values = JSON.stringify(fields);
  if (how === "form")
    return frame.evaluate(`new Promise((resolve) => {
      const target = document.createElement("iframe");
      target.name = "answer" + Math.random();
      document.body.append(target);
      const form = Object.assign(document.createElement("form"),
        { method: "post", action: ${url}, enctype: ${JSON.stringify(type)}, target: target.name });
      for (const [name, value] of Object.entries(${values}))
        form.append(Object.assign(document.createElement("input"), { name, value }));
      document.body.append(form);
      target.onload = () => resolve();
      form.submit();
    })`);
  const body =
    type === undefined
      ? `new Blob([new URLSearchParams(${values}).toString()])`
      : type.startsWith("application/json")
        ? `JSON.stringify(${values})`
        : `new URLSearchParams(${values}).toString()`;
  const headers = type === undefined ? {} : { "Content-Type": type };
  const mode = how === "cors" ? "cors" : "no-cors";
  return frame.evaluate(`fetch(${url}, {
    method: "POST", mode: "${mode}", credentials: "include", redirect: "follow",
    headers: ${JSON.stringify(headers)}, body: ${body},
  }).then(() => {}, () => {})`);
};

/** The form of a button of a page, as the console gave it to a person. */
export const formTokenOf = (page: Page, action: string): Promise<string> =>
  page.evaluate(`document.querySelector('form[action^="${action}"] input[name=form]').value`);

export const stopPath = "console/act/stop-sending";

/** The rows that an attack would change. */
export const changeable = async (machine: Pick<AMachine, "app">, context: BrowserContext) => {
  const accounts = await machine.app.accounts();
  return {
    stopped: accounts.map(({ name, stopped }) => [name, stopped?.why]),
    states: [await machine.app.status("hello"), await machine.app.status("later")].map((post) =>
      post?.deliveries.map(({ account, state, version }) => [account, state, version]),
    ),
    cookies: await context.cookies(),
  };
};

/** The requests that would change something, and the statuses of their answers: the browser hides some of them. */
export const postsOf = (page: Page) => {
  const sent: string[] = [];
  const statuses: number[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST") sent.push(request.url());
  });
  page.on("response", (response) => {
    if (response.request().method() === "POST") statuses.push(response.status());
  });
  return { sent, statuses };
};
