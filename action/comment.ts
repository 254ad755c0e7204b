import { readFile } from "node:fs/promises";
import * as z from "zod";
import { annotate, fit, optional, type PullRequest, readPullRequest, required, runStep, StepError } from "./step.ts";

/**
 * Puts the plan into one comment of the pull request, which is changed in place. Where the workflow may not write, as for
 * a pull request of a fork, the plan stays in the summary of the job.
 */

/** The limit of the body of a comment (`Body is too long (maximum is 65536 characters)`). */
const maxBody = 65_536;
const perPage = 100;
/** GITHUB_TOKEN writes as this user. Anybody may begin a comment with the mark. */
const author = "github-actions[bot]";

const comments = z.array(
  z.object({ id: z.int(), body: z.string().nullish(), user: z.object({ login: z.string() }).nullable() }),
);
type Comment = z.output<typeof comments>[number];

/** GitHub refuses the request. */
class Refused extends Error {
  override readonly name = "Refused";
}

const call = async (method: "GET" | "POST" | "PATCH", path: string, body?: string): Promise<unknown> => {
  const address = `${required("GITHUB_API_URL")}/repos/${required("GITHUB_REPOSITORY")}${path}`;
  const headers = {
    authorization: `Bearer ${required("GITHUB_TOKEN")}`,
    accept: "application/vnd.github+json",
    "content-type": "application/json",
    "user-agent": "crier",
  };
  let response: Response;
  try {
    response = await fetch(address, {
      method,
      headers,
      signal: AbortSignal.timeout(30_000),
      ...(body !== undefined && { body: JSON.stringify({ body }) }),
    });
  } catch (cause) {
    throw new StepError(`GitHub gave no answer to ${method} ${path}: run the job again`, { cause });
  }
  if ([401, 403, 404].includes(response.status)) throw new Refused(`GitHub answered ${response.status}`);
  if (!response.ok) throw new StepError(`GitHub answered ${response.status} to ${method} ${path}: run the job again`);
  return response.json();
};

const findOwn = async (issue: string, mark: string): Promise<Comment | undefined> => {
  for (let page = 1; ; page += 1) {
    const list = comments.parse(await call("GET", `${issue}/comments?per_page=${perPage}&page=${page}`));
    const own = list.find(({ body, user }) => user?.login === author && body?.startsWith(mark));
    if (own !== undefined || list.length < perPage) return own;
  }
};

const endOfComment = (): string => {
  const address = `${required("GITHUB_SERVER_URL")}/${required("GITHUB_REPOSITORY")}/actions/runs/${required("GITHUB_RUN_ID")}`;
  return `… the whole plan is in [the summary of the job](${address}).\n`;
};

const isOfFork = ({ base, head }: PullRequest): boolean => head.repo?.full_name !== base.repo.full_name;

await runStep(async () => {
  const pullRequest = await readPullRequest();
  const site = optional("SITE");
  // Each site has its own comment. The id of a site has no character that could end the mark.
  const mark = `<!-- crier-plan${site === undefined ? "" : ` ${encodeURIComponent(site)}`} -->\n`;
  const body = mark + fit(await readFile(required("PLAN"), "utf8"), maxBody - mark.length, endOfComment());
  const issue = `/issues/${pullRequest.number}`;
  try {
    const own = await findOwn(issue, mark);
    if (own !== undefined && own.body !== body) await call("PATCH", `/issues/comments/${own.id}`, body);
    // A pull request without documents gets no comment, and one that has no more of them does not keep the old one.
    else if (own === undefined && process.env.CHANGES === "true") await call("POST", `${issue}/comments`, body);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const why = isOfFork(pullRequest)
      ? "this is a pull request of a fork"
      : "give the job `permissions: { contents: read, pull-requests: write }`";
    annotate("notice", `${error.message} to the comment (${why}): the plan is in the summary of this job.`);
  }
});
