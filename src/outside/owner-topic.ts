import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { TellOwner } from "../ports/outside.ts";

export interface OwnerTopic {
  readonly client: SNSClient;
  /** The ARN of the topic that the owner's address is subscribed to. */
  readonly topic: string;
}

/** Notifies the owner through an SNS topic. Its e-mail subscription sends subject and text unchanged. */
export const ownerTopic =
  ({ client, topic }: OwnerTopic): TellOwner =>
  async ({ subject, text }) => {
    try {
      await client.send(new PublishCommand({ TopicArn: topic, Subject: subject, Message: text }));
      return { kind: "taken" };
    } catch (error) {
      // The error's message is left out: it may quote the text that was sent.
      const name = error instanceof Error ? error.name : "an error";
      return { kind: "refused", reason: `the topic of the alarms answered ${name}`, retryAfter: undefined };
    }
  };
