import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { TellOwner } from "../ports/outside.ts";

export interface OwnerTopic {
  readonly client: SNSClient;
  /** The ARN of the topic that the owner's address is subscribed to. */
  readonly topic: string;
}

/** Tells the owner by an SNS topic, whose subscription by e-mail sends subject and text as they are. */
export const ownerTopic =
  ({ client, topic }: OwnerTopic): TellOwner =>
  async ({ subject, text }) => {
    try {
      await client.send(new PublishCommand({ TopicArn: topic, Subject: subject, Message: text }));
      return { kind: "taken" };
    } catch (error) {
      // Not the message, which may quote what was sent.
      const name = error instanceof Error ? error.name : "an error";
      return { kind: "refused", reason: `the topic of the alarms answered ${name}`, retryAfter: undefined };
    }
  };
