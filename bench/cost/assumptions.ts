/** How Lambda waits at a queue. */
export const polling = {
  /** The fewest long polls that are open at a time while nothing comes, at a queue without a maximum concurrency. */
  least: 2,
  /** With a maximum concurrency they are not fewer than this, and AWS promises no other number for the others. */
  limited: 5,
  /** Seconds that a poll waits for a message: the longest there is. */
  wait: 20,
  sources: [
    // "When traffic is low, Lambda scales back the processing to five concurrent batches, and can optimize to as few as 2
    // concurrent batches […]. However, this optimization is not available when you enable the maximum concurrency setting."
    "docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html",
    "docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html",
  ],
} as const;
