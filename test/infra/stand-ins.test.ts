import { beforeEach, describe, expect, test, vi } from "vitest";
import { withLiteralKeys } from "../../infra/lean-sdk.ts";
import { defaultProvider } from "../../infra/stand-ins/environment-credentials.ts";
import {
  EventStreamSerde,
  eventStreamSerdeProvider,
  resolveEventStreamSerdeConfig,
} from "../../infra/stand-ins/event-streams.ts";
import { safeDump, safeLoad } from "../../infra/stand-ins/js-yaml.ts";
import { parse } from "../../infra/stand-ins/postcss.ts";

describe("a stand-in that is called throws with the name of the library and the next step:", () => {
  test.each([
    ["postcss", parse],
    ["js-yaml", safeLoad],
    ["js-yaml", safeDump],
    ["event streams", eventStreamSerdeProvider],
    ["event streams", EventStreamSerde],
  ])("%s", (library, call) => {
    expect(call).toThrow(new RegExp(`^.*${library} .*not in the functions' bundles: .*, or remove infra/stand-ins/`));
  });
});

test("an S3 client is created without event streams", () => {
  const config = { region: "eu-central-1" };
  expect(resolveEventStreamSerdeConfig(config)).toBe(config);
});

describe("a function's credentials", () => {
  beforeEach(() => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "id");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
    vi.stubEnv("AWS_SESSION_TOKEN", undefined);
    return () => vi.unstubAllEnvs();
  });

  test("are read from its environment", async () => {
    vi.stubEnv("AWS_SESSION_TOKEN", "token");
    expect(await defaultProvider()()).toEqual({ accessKeyId: "id", secretAccessKey: "secret", sessionToken: "token" });
  });

  test("need no session token", async () => {
    expect(await defaultProvider()()).toEqual({ accessKeyId: "id", secretAccessKey: "secret" });
  });

  test.each(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])("are reported missing by name without %s", async (name) => {
    vi.stubEnv(name, "");
    await expect(defaultProvider()()).rejects.toThrow(`${name} `);
  });
});

describe("a computed key", () => {
  test("is replaced where it is a string", () => {
    expect(withLiteralKeys('const _h = "http";\nexport var a = [9, { [_h]: 1 }, { [_h]: [_h] }];')).toBe(
      'const _h = "http";\nexport var a = [9, { "http": 1 }, { "http": [_h] }];',
    );
  });

  test.each([
    "const _h = other();\nvar a = { [_h]: 1 };",
    "var a = { [_h]: 1 };",
    'let _h = "http";\nvar a = { [_h]: 1 };',
    'const _h = "a\\"b";\nvar a = { [_h]: 1 };',
  ])("is kept where it may be something else: %j", (text) => {
    expect(withLiteralKeys(text)).toBe(text);
  });
});
