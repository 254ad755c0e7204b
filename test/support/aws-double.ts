import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import * as z from "zod";

export interface StoredFile {
  readonly bytes: Uint8Array;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The bucket in which a request put the object. An object that a test set is in every bucket. */
  readonly bucket?: string;
}

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

const etagOf = (bytes: Uint8Array): string => `"${createHash("md5").update(bytes).digest("hex")}"`;
const failure = (status: number, code: string): Reply => ({
  status,
  headers: { "content-type": "application/xml" },
  body: `<Error><Code>${code}</Code><Message>${code}</Message></Error>`,
});
const json = (value: unknown, status = 200): Reply => ({
  status,
  headers: { "content-type": "application/x-amz-json-1.0" },
  body: JSON.stringify(value),
});
const inXml = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const Batch = z.object({
  QueueUrl: z.string(),
  Entries: z.array(z.object({ Id: z.string(), MessageBody: z.string(), DelaySeconds: z.int().max(900).default(0) })),
});
const Queue = z.object({ QueueUrl: z.string() });
const Name = z.object({ Name: z.string(), WithDecryption: z.boolean().optional() });
const Tagged = z.object({ ResourceType: z.literal("Parameter"), ResourceId: z.string() });
const Parameter = z.object({
  Name: z.string().startsWith("/"),
  Value: z.string().min(1).max(4096),
  Type: z.literal("SecureString"),
  Overwrite: z.boolean().default(false),
});

const snsAnswer =
  '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>';

interface StackState {
  readonly status: string;
  readonly isProtected?: boolean;
  readonly rowFormat?: number | undefined;
  /** The region that it is in; by default the one of the double's clients. */
  readonly region?: string;
}

const ownRegion = "us-east-1";

/** Returns the region that a request was signed for. */
const regionOf = ({ headers }: IncomingMessage): string =>
  /Credential=[^/]+\/\d{8}\/([^/]+)\//.exec(headers.authorization ?? "")?.[1] ?? ownRegion;

/** The query protocol: a form is answered with XML. */
const xml = (action: string, result: string): Reply => ({
  status: 200,
  headers: { "content-type": "text/xml" },
  body: `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`,
});
const queryFailure = (status: number, code: string, message: string): Reply => ({
  status,
  headers: { "content-type": "text/xml" },
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});

/** Emulates the calls of S3, SQS, SNS, SSM, STS, CloudFormation and Lambda that Crier makes, on loopback, as their API references describe them. */
export const anAws = async () => {
  const files = new Map<string, StoredFile>();
  const queues = new Map<string, string[]>();
  /** The delays of the records in seconds, in the order of sending. */
  const delays: number[] = [];
  const parameters = new Map<string, string>();
  /** The functions that may be invoked, by name. */
  const functions = new Map<string, (event: unknown) => Promise<unknown>>();
  /** The messages to SNS topics. */
  const published: Readonly<Record<string, string>>[] = [];
  /** The types of all invocations of functions, in their order. */
  const invocationTypes: string[] = [];
  const requests: string[] = [];
  const scripted: (((asked: string) => Reply) | "pass")[] = [];
  const stacks = new Map<string, StackState>();
  const buckets: string[] = [];
  const bucketRegions = new Map<string, string>();
  const executions = { value: 1_000 };
  /** Records whose body contains this text are refused. */
  const poison = { text: undefined as string | undefined };
  const pageSize = { value: 1_000 };
  const sent = { bytes: 0 };

  const list = (bucket: string, query: URLSearchParams): Reply => {
    const prefix = query.get("prefix") ?? "";
    const after = query.get("continuation-token") ?? "";
    const keys = [...files]
      .filter(([key, file]) => (file.bucket ?? bucket) === bucket && key.startsWith(prefix) && key > after)
      .map(([key]) => key)
      .toSorted();
    const page = keys.slice(0, pageSize.value);
    const more = keys.length > page.length;
    const contents = page.map((key) => `<Contents><Key>${inXml(key)}</Key></Contents>`).join("");
    const token = more ? `<NextContinuationToken>${inXml(page.at(-1) ?? "")}</NextContinuationToken>` : "";
    return {
      status: 200,
      headers: { "content-type": "application/xml" },
      body: `<ListBucketResult><IsTruncated>${more}</IsTruncated>${token}${contents}</ListBucketResult>`,
    };
  };

  const listBuckets = (prefix: string): Reply => ({
    status: 200,
    headers: { "content-type": "application/xml" },
    body: `<ListAllMyBucketsResult><Buckets>${buckets
      .filter((name) => name.startsWith(prefix))
      .map((name) => `<Bucket><Name>${name}</Name></Bucket>`)
      .join("")}</Buckets></ListAllMyBucketsResult>`,
  });

  const put = (bucket: string, key: string, bytes: Uint8Array, headers: IncomingMessage["headers"]): Reply => {
    const present = files.get(key);
    const expected = headers["if-match"];
    if (headers["if-none-match"] === "*" && present !== undefined) return failure(412, "PreconditionFailed");
    if (expected !== undefined && present === undefined) return failure(404, "NoSuchKey");
    if (expected !== undefined && present !== undefined && etagOf(present.bytes) !== expected)
      return failure(412, "PreconditionFailed");
    const checksum = headers["x-amz-checksum-sha256"];
    if (checksum !== undefined && checksum !== createHash("sha256").update(bytes).digest("base64"))
      return failure(400, "BadDigest");
    files.set(key, {
      bucket,
      bytes,
      headers: { "content-type": headers["content-type"], "content-encoding": headers["content-encoding"] },
    });
    return { status: 200, headers: { etag: etagOf(bytes) } };
  };

  const s3 = (request: IncomingMessage, url: URL, bytes: Uint8Array): Reply => {
    const { method = "GET", headers } = request;
    const [, bucket = "", ...path] = url.pathname.split("/");
    const key = decodeURIComponent(path.join("/"));
    if (bucket === "") return listBuckets(url.searchParams.get("prefix") ?? "");
    const region = bucketRegions.get(bucket);
    if (region !== undefined && region !== regionOf(request)) {
      const { status, body = "" } = failure(301, "PermanentRedirect");
      return {
        status,
        headers: { "content-type": "application/xml", "x-amz-bucket-region": region },
        body: method === "HEAD" ? "" : body,
      };
    }
    if (bucket === "no-such-bucket") return failure(404, "NoSuchBucket");
    if (bucket === "denied") return failure(403, "AccessDenied");
    if (key === "") return list(bucket, url.searchParams);
    if (method === "PUT") return put(bucket, key, bytes, headers);
    const file = files.get(key);
    if (file === undefined) return failure(404, "NoSuchKey");
    const range = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "");
    const [from, to] = range === null ? [0, file.bytes.length] : [Number(range[1]), Number(range[2]) + 1];
    if (range !== null && from >= file.bytes.length) return failure(416, "InvalidRange");
    const body = file.bytes.subarray(from, to);
    sent.bytes += body.length;
    return {
      status: range === null ? 200 : 206,
      headers: {
        etag: etagOf(file.bytes),
        ...(method === "HEAD" && { "content-length": String(body.length) }),
      },
      ...(method !== "HEAD" && { body }),
    };
  };

  const sqs = (action: string, input: unknown): Reply => {
    if (action === "GetQueueAttributes") {
      const { QueueUrl } = Queue.parse(input);
      return json({ Attributes: { ApproximateNumberOfMessages: String(queues.get(QueueUrl)?.length ?? 0) } });
    }
    const { QueueUrl, Entries } = Batch.parse(input);
    if (Entries.length > 10) return json({ __type: "TooManyEntriesInBatchRequest" }, 400);
    const refused = Entries.filter(({ MessageBody }) => poison.text !== undefined && MessageBody.includes(poison.text));
    const taken = Entries.filter((entry) => !refused.includes(entry));
    queues.set(QueueUrl, [...(queues.get(QueueUrl) ?? []), ...taken.map(({ MessageBody }) => MessageBody)]);
    delays.push(...taken.map(({ DelaySeconds }) => DelaySeconds));
    return json({
      Successful: taken.map(({ Id, MessageBody }) => ({
        Id,
        MessageId: Id,
        MD5OfMessageBody: createHash("md5").update(MessageBody).digest("hex"),
      })),
      Failed: refused.map(({ Id }) => ({ Id, Code: "InternalError", SenderFault: false })),
    });
  };

  const ssm = (action: string, input: unknown): Reply => {
    if (action === "PutParameter") {
      const { Name: name, Value, Overwrite } = Parameter.parse(input);
      if (parameters.has(name) && !Overwrite) return json({ __type: "ParameterAlreadyExists" }, 400);
      parameters.set(name, Value);
      return json({ Version: 1, Tier: "Standard" });
    }
    if (action === "ListTagsForResource")
      return parameters.has(Tagged.parse(input).ResourceId)
        ? json({ TagList: [] })
        : json({ __type: "InvalidResourceId" }, 400);
    const { Name: name, WithDecryption } = Name.parse(input);
    const value = parameters.get(name);
    if (value === undefined) return json({ __type: "ParameterNotFound" }, 400);
    return json({ Parameter: { Name: name, Value: WithDecryption === true ? value : "encrypted" } });
  };

  const describeStack = (name: string, region: string): Reply => {
    const stack = stacks.get(name);
    if (stack === undefined || (stack.region ?? ownRegion) !== region)
      return queryFailure(400, "ValidationError", `Stack with id ${name} does not exist`);
    const { status, isProtected = false, rowFormat } = stack;
    const outputs =
      rowFormat === undefined
        ? ""
        : `<Outputs><member><OutputKey>RowFormat</OutputKey><OutputValue>${rowFormat}</OutputValue></member></Outputs>`;
    return xml(
      "DescribeStacks",
      `<Stacks><member><StackName>${name}</StackName><StackStatus>${status}</StackStatus><EnableTerminationProtection>${isProtected}</EnableTerminationProtection>${outputs}</member></Stacks>`,
    );
  };

  const invoke = async (name: string, event: string): Promise<Reply> => {
    const act = functions.get(name);
    if (act === undefined) return json({ __type: "ResourceNotFoundException" }, 404);
    try {
      return json(await act(JSON.parse(event)));
    } catch (error) {
      const headers = { "x-amz-function-error": "Unhandled" };
      return { status: 200, headers, body: JSON.stringify({ errorMessage: String(error) }) };
    }
  };

  const answer = async (request: IncomingMessage): Promise<Reply> => {
    const bytes = await buffer(request);
    const url = new URL(request.url ?? "/", "http://localhost");
    const [service, action = ""] = String(request.headers["x-amz-target"] ?? "").split(".");
    requests.push(action === "" ? `${request.method} ${url.pathname}` : action);
    const next = scripted.shift();
    if (next !== undefined && next !== "pass") return next(bytes.toString());
    if (service === "AmazonSQS") return sqs(action, JSON.parse(bytes.toString()));
    if (service === "AmazonSSM") return ssm(action, JSON.parse(bytes.toString()));
    if (url.pathname.endsWith("/account-settings"))
      return json({ AccountLimit: { ConcurrentExecutions: executions.value } });
    // SNS, STS and CloudFormation have the query protocol: a form.
    const form = new URLSearchParams(bytes.toString());
    if (form.get("Action") === "GetCallerIdentity")
      return xml("GetCallerIdentity", "<Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/ada</Arn>");
    if (form.get("Action") === "DescribeStacks") return describeStack(form.get("StackName") ?? "", regionOf(request));
    if (form.get("Action") === "Publish") {
      published.push(Object.fromEntries(form));
      return { status: 200, headers: { "content-type": "text/xml" }, body: snsAnswer };
    }
    const [, invoked] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(url.pathname) ?? [];
    if (invoked !== undefined) {
      invocationTypes.push(String(request.headers["x-amz-invocation-type"]));
      return invoke(invoked, bytes.toString());
    }
    return s3(request, url, bytes);
  };

  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const { status, headers, body } = await answer(request);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;

  return {
    files,
    queues,
    published,
    delays,
    parameters,
    functions,
    invocationTypes,
    /** The stacks of CloudFormation, by their names. */
    stacks,
    /** The names of the account's buckets, in all regions. */
    buckets,
    /** The regions of buckets that answer in no other one. All others answer in each. */
    bucketRegions,
    /** The limit of functions that run at the same time. */
    executions,
    requests,
    /** The bytes of objects that were read so far. */
    get sent() {
      return sent.bytes;
    },
    /** The answer to the next request. In JSON it quotes the request, as AWS's validation does. */
    answerNext: (status: number, code: string, service: "s3" | "json" = "s3") =>
      scripted.push((asked) =>
        service === "s3" ? failure(status, code) : json({ __type: code, message: `Value '${asked}' failed` }, status),
      ),
    /** Every request with this action of a query protocol is refused. */
    refuseQuery: (status: number, code: string) => scripted.push(() => queryFailure(status, code, code)),
    /** The next request is answered as usual, and the script is for those after it. */
    passOne: () => scripted.push("pass"),
    /** The next request gets an empty answer. */
    sayNothing: () => scripted.push(() => json({})),
    refuse: (text: string) => {
      poison.text = text;
    },
    pagesOf: (size: number) => {
      pageSize.value = size;
    },
    /**
     * The configuration of every client of the SDK. It makes one attempt, because a test makes the double fail on
     * purpose.
     */
    client: {
      endpoint: `http://127.0.0.1:${port}`,
      region: ownRegion,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
    },
  };
};
