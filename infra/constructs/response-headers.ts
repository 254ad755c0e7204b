import { Duration, Stack } from "aws-cdk-lib";
import {
  HeadersFrameOption,
  HeadersReferrerPolicy,
  ResponseHeadersPolicy,
  type ResponseSecurityHeadersBehavior,
} from "aws-cdk-lib/aws-cloudfront";
import { Construct } from "constructs";
import { cacheDuration } from "../../src/domain/feed.ts";
import { contentSecurityPolicy } from "../../src/domain/serving.ts";
import { second } from "../../src/domain/time.ts";

const security: ResponseSecurityHeadersBehavior = {
  contentTypeOptions: { override: true },
  strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: true },
  referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN, override: false },
  frameOptions: { frameOption: HeadersFrameOption.DENY, override: false },
};

const seconds = cacheDuration / second;

export interface ResponseHeadersProps {
  /** The beginning of names that must be unique in the account, across regions. */
  readonly name: string;
}

/** The headers that CloudFront adds to every response. */
export class ResponseHeaders extends Construct {
  readonly files: ResponseHeadersPolicy;
  readonly api: ResponseHeadersPolicy;

  constructor(scope: Construct, id: string, { name }: ResponseHeadersProps) {
    super(scope, id);
    const policyName = (part: string) => `${name}-${part}-${Stack.of(this).region}`;
    this.files = new ResponseHeadersPolicy(this, "Files", {
      responseHeadersPolicyName: policyName("files"),
      comment: "Feeds and pages: cached for a minute, separately for each encoding",
      securityHeadersBehavior: {
        ...security,
        contentSecurityPolicy: { contentSecurityPolicy, override: false },
      },
      customHeadersBehavior: {
        customHeaders: [
          // This header is for clients and other caches. CloudFront itself uses its cache policy.
          { header: "Cache-Control", value: `public, max-age=${seconds}, s-maxage=${seconds}`, override: false },
          // It replaces the bucket's header, which names Origin although its CORS headers are the same for all. A
          // policy with CORS settings would drop this header.
          { header: "Vary", value: "Accept-Encoding", override: true },
        ],
      },
    });
    this.api = new ResponseHeadersPolicy(this, "Api", {
      responseHeadersPolicyName: policyName("api"),
      comment: "Security headers of the API, which sets all others itself",
      securityHeadersBehavior: security,
    });
  }
}
