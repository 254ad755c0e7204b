import { randomUUID } from "node:crypto";
import { SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import * as z from "zod";
import type { Aws } from "./aws.ts";

/** The message that SNS sends to a queue without raw message delivery. */
const Envelope = z.object({
  Type: z.literal("Notification"),
  TopicArn: z.string(),
  Subject: z.string(),
  Message: z.string(),
});

export interface Mail {
  readonly subject: string;
  readonly text: string;
}

/** A queue that is subscribed to the topic, in the place of an e-mail address. Returns all that came since, in any order. */
export const subscribe = async ({ sqs, sns }: Aws, topic: string): Promise<() => Promise<readonly Mail[]>> => {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `inbox-${randomUUID()}` }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  await sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: "sqs", Endpoint: Attributes?.QueueArn }));
  const mails: Mail[] = [];
  // Longer than a drill: no message comes a second time.
  const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 3_600 });
  return async () => {
    for (let more = true; more; ) {
      const { Messages = [] } = await sqs.send(receive);
      for (const { Body = "" } of Messages) {
        const { Subject, Message } = Envelope.parse(JSON.parse(Body));
        mails.push({ subject: Subject, text: Message });
      }
      more = Messages.length > 0;
    }
    return mails;
  };
};
