import { nodeOptions } from "../infra/bundling/function-folder.ts";

/** The environment variables of all functions together, without those of this machine. */
export const lambdaEnvironment: Readonly<Record<string, string>> = {
  NODE_OPTIONS: nodeOptions,
  AWS_REGION: "eu-central-1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  METRICS_NAMESPACE: "Crier",
  STAGE: "test",
  TABLE: "table",
  BODIES_BUCKET: "bodies",
  CONTENT_BUCKET: "content",
  FEEDS_BUCKET: "feeds",
  SECRETS_PATH: "/crier/test",
  PUBLISH_QUEUE: "https://sqs.eu-central-1.amazonaws.com/123456789012/publish",
  RENDER_QUEUE: "https://sqs.eu-central-1.amazonaws.com/123456789012/render",
  PROGRAM: "1",
  DELIVER_QUEUE: "https://sqs.eu-central-1.amazonaws.com/123456789012/deliver",
  FEEDS_HOST: "feeds.example.com",
  DELIVER_FUNCTION: "deliver",
  MEDIA_FUNCTION: "media",
  ALARM_TOPIC: "arn:aws:sns:eu-central-1:123456789012:alarms",
};
