import { expect } from "vitest";
import * as z from "zod";
import { operations, siteOperations } from "../../src/api/operations.ts";
import { problem } from "../../src/contract/problem.ts";

const matches = (path: string, pathname: string): boolean =>
  new RegExp(`^${path.replaceAll(/\{\w+\}/g, ".+")}$`).test(pathname);

/** The schema of the answer to a request. */
const answerTo = (method: string, { pathname, searchParams }: URL): z.ZodType | undefined => {
  if (method === "GET" && pathname === operations.list.path && searchParams.has("refused"))
    return operations.refused.answer;
  if (method === "GET" && pathname === operations.list.path && searchParams.has("pages"))
    return operations.pages.answer;
  return Object.values(siteOperations).find((one) => one.method === method && matches(one.path, pathname))?.answer;
};

/** Checks that an answer of the API is exactly what the contract says: no field is missing, none is unknown. */
export const expectContract = (method: string, url: URL, status: number, body: unknown): void => {
  const schema = status < 400 ? answerTo(method, url) : problem;
  expect(schema && z.encode(schema, schema.parse(body)), `${method} ${url.pathname}`).toEqual(body);
};
