import { expect } from "vitest";
import { problem } from "../../src/api/contract.ts";
import { endpoints } from "../../src/api/endpoints.ts";

const matches = (path: string, pathname: string): boolean =>
  new RegExp(`^${path.replaceAll(/:\w+\{(.+?)\}/g, "$1")}$`).test(pathname);

/** The endpoint that answers a request. */
const endpointOf = (method: string, { pathname, searchParams }: URL) => {
  if (method === "GET" && pathname === endpoints.list.path)
    return searchParams.has("refused")
      ? endpoints.refused
      : searchParams.has("pages")
        ? endpoints.pages
        : endpoints.list;
  return Object.values(endpoints).find((endpoint) => endpoint.method === method && matches(endpoint.path, pathname));
};

/** Checks that an answer of the API is exactly what the contract says: no field is missing, none is unknown. */
export const expectContract = (method: string, url: URL, status: number, body: unknown): void => {
  const schema = status < 400 ? endpointOf(method, url)?.answer : problem;
  expect(schema?.parse(body), `${method} ${url.pathname}`).toEqual(body);
};
