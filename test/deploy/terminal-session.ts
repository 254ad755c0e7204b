import { spawn } from "node:child_process";
import { once } from "node:events";
import { stripVTControlCharacters } from "node:util";

interface Answer {
  /** The beginning of the question. */
  readonly question: string;
  readonly answer: string;
}

interface SessionOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** The answers in the order of the questions. */
  readonly answers: readonly Answer[];
}

/**
 * Types a command into its own terminal (`script` makes one) and answers its questions. Throws with the session if it
 * fails.
 */
export const terminalSession = async (command: string, { cwd, env, answers }: SessionOptions): Promise<string> => {
  const child = spawn("script", ["--quiet", "--return", "--flush", "--command", command, "/dev/null"], { cwd, env });
  const left = [...answers];
  let [raw, text, from] = ["", "", 0];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    raw += chunk;
    // The CDK moves the cursor behind its question.
    text = stripVTControlCharacters(raw);
    const [next] = left;
    const at = next === undefined ? -1 : text.indexOf(next.question, from);
    if (next === undefined || at < 0 || !/[:?)] $/.test(text)) return;
    left.shift();
    from = text.length;
    child.stdin.write(`${next.answer}\n`);
  });
  const [code] = await once(child, "close");
  const session = text.replaceAll("\r", "");
  if (code !== 0) throw new Error(`${command} ended with ${code}:\n${session.slice(-6_000)}`);
  if (left.length > 0) throw new Error(`${command} did not ask ${left[0]?.question}:\n${session.slice(-6_000)}`);
  return session;
};
