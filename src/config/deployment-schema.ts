import * as z from "zod";
import { defaultStage, isStage, stageRule } from "../domain/deployment-stage.ts";
import { localPath } from "./values.ts";

const certificateArn = z
  .string("name the certificate of the domain: request one in us-east-1 (AWS Certificate Manager) and put its ARN here")
  .regex(
    /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[a-zA-Z0-9-]+$/,
    "use the ARN of a certificate: arn:aws:acm:us-east-1:123456789012:certificate/…",
  )
  // Amazon CloudFront Developer Guide, "Requirements for using SSL/TLS certificates with CloudFront".
  .refine((arn) => !arn.includes(":acm:") || arn.split(":")[3] === "us-east-1", {
    error: ({ input }) =>
      `the certificate is in ${String(input).split(":")[3]}, and CloudFront takes one from us-east-1 only: request it there`,
  });

/** The retention times of CloudWatch Logs (PutRetentionPolicy). */
const logDays = z.literal([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827], {
  error: "use a number of days that CloudWatch knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731 …",
});

/** Settings of a deployment on AWS. */
export const deploymentSchema = z.strictObject({
  /** The own host of one stage. The other stages have the host that CloudFront gives them. */
  domain: z
    .strictObject({
      name: z
        .string()
        .regex(
          /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/,
          "use a host without scheme and path, in lower case: feeds.example.com",
        ),
      certificateArn,
      stage: z
        .string()
        .refine(isStage, `use the name of a stage as in -c stage=preview: ${stageRule}`)
        .default(defaultStage),
    })
    .optional(),
  alarmEmail: z.email("use an e-mail address, for example me@example.com").optional(),
  /** In US dollars, for the whole AWS account. */
  monthlyBudget: z.number().positive("use an amount in US dollars above 0").default(10),
  logDays: logDays.default(90),
  /** Old paths and their new ones, answered with 301. */
  redirects: z.record(localPath, localPath).default({}),
});
