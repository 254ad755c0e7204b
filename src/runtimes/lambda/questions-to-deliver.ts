import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import * as z from "zod";
import type { Account } from "../../domain/account.ts";
import { errorMessage } from "../../domain/errors.ts";
import { second } from "../../domain/time.ts";
import { type DestinationOptions, destinationBySecrets, getNetwork } from "../../networks/connect-networks.ts";
import type { Objects } from "../../ports/feeds.ts";
import type { Logins } from "../../ports/networks.ts";
import type { Clock, Deadline } from "../../ports/runtime.ts";
import { cachedRead } from "../../secrets/ssm-secrets.ts";

/**
 * The events with which other functions invoke deliver, the only one that may read the secrets of accounts. `loginOf`: the
 * name of an account. `bodyAt`: the key of a body that is too long for its row.
 */
export const Question = z.union([z.object({ loginOf: z.string() }), z.object({ bodyAt: z.string() })]);
export type Question = z.infer<typeof Question>;

const reason = z.string();

/** Contains no part of the secret, only its fingerprint. */
const LoginAnswer = z.object({
  fingerprint: z.string().optional(),
  login: z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("identity"),
      id: z.string().optional(),
      handle: z.string().optional(),
      endsAt: z.number().optional(),
      problem: z.string().optional(),
    }),
    z.object({ kind: z.literal("unavailable"), reason, retryAt: z.number().exactOptional() }),
    z.object({ kind: z.literal("unauthorised"), reason }),
    z.object({ kind: z.literal("problem"), problem: z.string() }),
  ]),
});
type LoginAnswer = z.infer<typeof LoginAnswer>;

interface AnswerLoginPorts {
  readonly accounts: readonly Account[];
  readonly networks: Pick<Logins, "connect">;
  readonly deadline: Deadline;
}

/** Short, because the function that invokes this one waits for the answer, and a person waits for that function. */
const timeLimit = 5 * second;

export const answerLogin = async (
  name: string,
  { accounts, networks, deadline }: AnswerLoginPorts,
): Promise<LoginAnswer> => {
  try {
    const account = accounts.find((one) => one.name === name);
    if (account === undefined) throw new Error(`deliver does not know the account ${name}: deploy again`);
    const connected = await networks.connect(account, false);
    const { fingerprint } = connected;
    if ("problem" in connected) return { fingerprint, login: { kind: "problem", problem: connected.problem } };
    const login = await connected.connection.whoAmI(deadline(timeLimit), true);
    if (login.kind !== "identity") return { fingerprint, login };
    const { kind, id, handle, endsAt, problem } = login;
    return { fingerprint, login: { kind, id, handle, endsAt, problem } };
  } catch (error) {
    return { login: { kind: "problem", problem: errorMessage(error) } };
  }
};

const BodyAnswer = z.object({ base64: z.string(), etag: z.string() }).nullable();

/** Lambda answers with at most 6 MB, which are 4.5 MB in base64. A document has at most 5 MiB before it is compressed. */
export const answerBody = async (key: string, bodies: Pick<Objects, "read">): Promise<z.infer<typeof BodyAnswer>> => {
  const found = await bodies.read(key);
  return found === undefined ? null : { base64: Buffer.from(found.bytes).toString("base64"), etag: found.etag };
};

export interface AskDeliver {
  readonly client: LambdaClient;
  /** The name of the function that answers. */
  readonly deliver: string;
}

/** Returns the answer as JSON. `what`: what it was to say, for the error where it does not answer. */
const ask = async ({ client, deliver }: AskDeliver, question: Question, what: string): Promise<unknown> => {
  const { Payload, FunctionError } = await client.send(
    new InvokeCommand({ FunctionName: deliver, Payload: JSON.stringify(question) }),
  );
  if (FunctionError !== undefined || Payload === undefined)
    throw new Error(`The function deliver did not say ${what}: see its log.`);
  return JSON.parse(Payload.transformToString());
};

/**
 * The bodies for a function that has no client of S3, and that changes no body: where it saves a post, the object with its
 * body is there.
 */
export const bodiesByDeliver = (options: AskDeliver): Objects => ({
  read: async (key) => {
    const answer = BodyAnswer.parse(await ask(options, { bodyAt: key }, `what is in the body ${key}`));
    return answer === null ? undefined : { bytes: Buffer.from(answer.base64, "base64"), etag: answer.etag };
  },
  put: async () => false,
});

interface LoginOptions extends DestinationOptions, AskDeliver {
  readonly clock: Clock;
}

/** The logins for the API, which has no right to read their secrets and invokes the function that has it. */
export const loginsByDeliver = ({ client, deliver, clock, ...secrets }: LoginOptions): Logins => {
  const invoke = async (loginOf: string): Promise<LoginAnswer> =>
    LoginAnswer.parse(await ask({ client, deliver }, { loginOf }, `whose login ${loginOf} is`));
  // One API request needs the login of an account several times.
  const readLogin = cachedRead(invoke, { value: second, failure: 0 }, clock);
  return {
    ...destinationBySecrets(secrets),
    get: getNetwork,
    fingerprint: async ({ name }) =>
      (await secrets.hasSecret(name)) ? (await readLogin(name)).fingerprint : undefined,
    connect: async ({ name }) => {
      const { login, fingerprint } = await readLogin(name);
      if (login.kind === "problem") return { problem: login.problem, fingerprint };
      const whoAmI = async () => (login.kind === "identity" ? { ...login, id: login.id } : login);
      return { connection: { whoAmI }, fingerprint };
    },
  };
};
