import {
  GetParameterCommand,
  InvalidResourceId,
  ListTagsForResourceCommand,
  ParameterNotFound,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import * as z from "zod";
import { minute, second } from "../domain/time.ts";
import type { HasSecret, Secrets } from "../ports/networks.ts";
import type { WebhookSecrets } from "../ports/outside.ts";
import type { Clock } from "../ports/runtime.ts";

export interface SsmSecrets {
  readonly client: SSMClient;
  /** The path of the accounts' parameters, e.g. `/crier/production/accounts`. */
  readonly path: string;
  readonly clock: Clock;
}

/** The format of an account's SecureString: a JSON object of strings, as `crier accounts set` writes it. */
const Secret = z.record(z.string(), z.string());

/**
 * Parses a secret. Any other value counts as a secret without fields: the account counts as connected, its deliveries
 * wait with the names of the missing fields as their reason, and feeds and other accounts continue. Neither the value
 * nor the parser's message, which quotes it, may reach a log.
 */
const parseSecret = (text: string): Readonly<Record<string, string>> => {
  try {
    return Secret.safeParse(JSON.parse(text)).data ?? {};
  } catch {
    return {};
  }
};

/** Returns the decrypted value; undefined if there is no parameter. */
const readParameter = async (client: SSMClient, name: string): Promise<string | undefined> => {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    return Parameter?.Value ?? "";
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw new Error(`Cannot read the parameter ${name}: check that the role may read it.`, { cause: error });
  }
};

/** Each secret is read at most once a minute. A failed read is not cached, so that the next step reads again. */
const secretTimes: CacheTimes = { value: minute, failure: 0 };

export const ssmSecrets = ({ client, path, clock }: SsmSecrets): Secrets =>
  cachedRead(
    async (account) => {
      const value = await readParameter(client, `${path}/${account}`);
      return value === undefined ? undefined : parseSecret(value);
    },
    secretTimes,
    clock,
  );

interface SsmWebhookSecrets extends Pick<SsmSecrets, "client" | "clock"> {
  /** The parameter of a site's webhook. */
  readonly parameterName: (site: string) => string;
}

/**
 * Reads the secrets that sign the messages to sites' webhooks: one SecureString per site, as `crier webhook-secret`
 * writes it.
 */
export const ssmWebhookSecrets = ({ client, parameterName, clock }: SsmWebhookSecrets): WebhookSecrets => ({
  settingName: parameterName,
  read: cachedRead((site) => readParameter(client, parameterName(site)), secretTimes, clock),
});

const parameterExists = async (client: SSMClient, name: string): Promise<boolean> => {
  try {
    await client.send(new ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId: name }));
    return true;
  } catch (error) {
    if (error instanceof InvalidResourceId) return false;
    throw new Error(`Cannot see whether there is a parameter ${name}: check that the role may list its tags.`, {
      cause: error,
    });
  }
};

/**
 * Checks whether an account has a secret, for functions that may not read it: the permission to list a parameter's tags
 * shows that it exists, and nothing of its value. It is checked at most once a minute.
 */
export const ssmHasSecret = ({ client, path, clock }: SsmSecrets): HasSecret =>
  cachedRead((account) => parameterExists(client, `${path}/${account}`), secretTimes, clock);

/**
 * Reads a token of the API; undefined if none is set. Parameter Store answers 40 requests a second for the whole account,
 * and anybody can send a token. The token is read rarely, also after a failure, so that strangers cannot keep
 * deliveries from reading their secrets.
 */
export const ssmToken = (client: SSMClient, name: string, clock: Clock): (() => Promise<string | undefined>) => {
  const read = cachedRead((at) => readParameter(client, at), { value: 30 * second, failure: 5 * second }, clock);
  return () => read(name);
};

interface CacheTimes {
  /** How long a value is cached, in milliseconds. */
  readonly value: number;
  /** How long a failed read is cached. Until then every caller gets its error. */
  readonly failure: number;
}

/** Reads each name at most once within these times, for all callers. */
export const cachedRead = <Value>(
  read: (name: string) => Promise<Value>,
  times: CacheTimes,
  clock: Clock,
): ((name: string) => Promise<Value>) => {
  const cache = new Map<string, { readonly until: number; readonly value: Promise<Value> }>();
  return (name) => {
    const cached = cache.get(name);
    if (cached !== undefined && clock() < cached.until) return cached.value;
    const value = read(name);
    cache.set(name, { until: clock() + times.value, value });
    value.catch(() => cache.set(name, { until: clock() + times.failure, value }));
    return value;
  };
};
