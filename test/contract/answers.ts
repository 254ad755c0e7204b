import { expect } from "vitest";
import type { ContractContext } from "./context.ts";
import type { Sender } from "./sender.ts";

/** Rules for answers that do not come from the network. */
export const answersContract = (
  { rule, answerTo, count }: ContractContext,
  { aPost, send }: Sender,
  anyBody: boolean,
): void => {
  const sendAndAnswer = (response: string) => {
    const post = aPost();
    answerTo(`post-${count()}`, response);
    return send(post);
  };
  const unread = anyBody ? "posted" : "unanswered";

  rule("a 200 whose body cannot be read is unanswered, where the network names the copy in it", ["http"], async () => {
    for (const response of [
      http("200 OK", "<html>Welcome to the hotel's network</html>"),
      http("200 OK", "{}"),
      "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{",
    ])
      expect(await sendAndAnswer(response)).toMatchObject({ kind: unread });
  });

  rule("a redirect is not followed", ["http"], async () => {
    const location = "location: http://127.0.0.1:1/\r\n";
    expect(await sendAndAnswer(http("301 Moved Permanently", "", location))).toMatchObject({
      kind: "unavailable",
      reason: expect.stringMatching(/points to http:\/\/127\.0\.0\.1:1, which/),
    });
    expect(await sendAndAnswer(http("303 See Other", "", location))).toMatchObject({ kind: "unanswered" });
  });

  rule("a response that is too large is not read to its end", ["http"], async () => {
    const body = `{"a":"${"x".repeat(2 * 1024 * 1024)}"}`;
    expect(await sendAndAnswer(http("200 OK", body))).toMatchObject({ kind: unread });
  });

  rule("a refusal without a message is rejected with its status", ["http"], async () => {
    expect(await sendAndAnswer(http("418 I'm a teapot", "short and stout"))).toMatchObject({
      kind: "rejected",
      reason: expect.stringContaining("418"),
    });
  });
};

const http = (status: string, body: string, headers = ""): string =>
  `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`;
