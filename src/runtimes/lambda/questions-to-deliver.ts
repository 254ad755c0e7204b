import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import * as z from "zod";
import type { Account } from "../../domain/account.ts";
import { errorMessage } from "../../domain/errors.ts";
import { second } from "../../domain/time.ts";
import { type DestinationOptions, destinationBySecrets, getNetwork } from "../../networks/connect-networks.ts";
import type { Logins } from "../../ports/networks.ts";
import type { Clock, Deadline } from "../../ports/runtime.ts";
import { cachedRead } from "../../secrets/ssm-secrets.ts";

/** The event with which the function that may read secrets is invoked. `loginOf`: the name of an account. */
export const LoginQuestion = z.object({ loginOf: z.string() });

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

interface LoginOptions extends DestinationOptions {
  readonly client: LambdaClient;
  /** The name of the function that answers. */
  readonly deliver: string;
  readonly clock: Clock;
}

/** The logins for the API, which has no right to read their secrets and invokes the function that has it. */
export const loginsByDeliver = ({ client, deliver, clock, ...secrets }: LoginOptions): Logins => {
  const invoke = async (loginOf: string): Promise<LoginAnswer> => {
    const question: z.input<typeof LoginQuestion> = { loginOf };
    const { Payload, FunctionError } = await client.send(
      new InvokeCommand({ FunctionName: deliver, Payload: JSON.stringify(question) }),
    );
    if (FunctionError !== undefined || Payload === undefined)
      throw new Error(`The function deliver did not say whose login ${loginOf} is: see its log.`);
    return LoginAnswer.parse(JSON.parse(Payload.transformToString()));
  };
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
