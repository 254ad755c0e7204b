import { composeDeliverFunction } from "../src/runtimes/lambda/compose-functions.ts";
import { LoginTick, parseRef, recordsHandler } from "../src/runtimes/lambda/function-events.ts";
import { functionLog } from "../src/runtimes/lambda/function-log.ts";
import { Question } from "../src/runtimes/lambda/questions-to-deliver.ts";

const log = functionLog(process.env);
const { work, answer, watchLogins } = composeDeliverFunction(process.env, log);
const records = recordsHandler((body) => work(parseRef(body)), log);

/** Processes due deliveries, pings and notices, checks logins, and answers the questions of other functions. */
export const handler = async (event: unknown): Promise<unknown> => {
  if (LoginTick.safeParse(event).success) return watchLogins();
  const { data } = Question.safeParse(event);
  return data === undefined ? records(event) : answer(data);
};
