import { Duration, Stack, Validations } from "aws-cdk-lib";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import {
  AccessLevel,
  AllowedMethods,
  type BehaviorOptions,
  CacheHeaderBehavior,
  CachePolicy,
  Distribution,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  S3OriginAccessControl,
  SecurityPolicyProtocol,
  Signing,
  Function as ViewerFunction,
  ViewerProtocolPolicy,
} from "aws-cdk-lib/aws-cloudfront";
import { HttpOrigin, S3BucketOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { cacheDuration } from "../../src/domain/feed.ts";
import { cdnHeader } from "../../src/domain/serving.ts";
import { type ViewerPaths, viewerRequest } from "../viewer-request.ts";
import { ResponseHeaders, type ResponseHeadersProps } from "./response-headers.ts";

export interface CdnProps extends ViewerPaths, ResponseHeadersProps {
  readonly feeds: Omit<Bucket, "isWebsite">;
  /** The host of the HTTP API. */
  readonly api: string;
  readonly domain: { readonly name: string; readonly certificateArn: string } | undefined;
}

/** The paths of the API and of the console. Every other path is a file, and is requested without cookies. */
const apiPaths = ["/api/*", "/healthz", "/console", "/console/*"] as const;

/** The page of a missing file is cached this long: the feed of a new category may be there soon after it is requested. */
const missingTtl = Duration.seconds(10);

/** One host for the files of the bucket and for the API. */
export class Cdn extends Construct {
  readonly distribution: Distribution;
  /** The configured domain, or that of CloudFront, without a scheme. */
  readonly host: string;

  constructor(scope: Construct, id: string, { name, feeds, api, redirects, paths, domain }: CdnProps) {
    super(scope, id);
    const headers = new ResponseHeaders(this, "Headers", { name });
    const cachePolicy = this.#cachePolicy();
    const apiBehaviour: BehaviorOptions = {
      origin: new HttpOrigin(api, {
        protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
        // The console answers only here, and not at the host of the API.
        customHeaders: { [cdnHeader]: "1" },
      }),
      // A redirect would be too late: the token would already be sent unencrypted.
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      // An HTTP API accepts only its own host name.
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      responseHeadersPolicy: headers.api,
      compress: false,
    };
    this.distribution = new Distribution(this, "Distribution", {
      comment: `${name}: feeds, pages and API`,
      defaultRootObject: "index.html",
      httpVersion: HttpVersion.HTTP2_AND_3,
      defaultBehavior: {
        // The distribution may not list the bucket, so that S3 answers 403 for a missing file.
        origin: S3BucketOrigin.withOriginAccessControl(feeds, {
          originAccessControl: new S3OriginAccessControl(this, "Access", {
            signing: Signing.SIGV4_ALWAYS,
            originAccessControlName: `${name}-${Stack.of(this).region}`,
          }),
          originAccessLevels: [AccessLevel.READ],
          // S3 sends CORS headers only to a request with an origin. With the same origin in every request, the cached
          // response always has them.
          customHeaders: { Origin: "https://reader.invalid" },
        }),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        // OPTIONS is for the preflight requests of browsers, which the bucket answers.
        allowedMethods: AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
        cachePolicy,
        originRequestPolicy: OriginRequestPolicy.CORS_S3_ORIGIN,
        responseHeadersPolicy: headers.files,
        // Compression by CloudFront makes strong ETags weak, and does not support application/atom+xml and
        // application/feed+json.
        compress: false,
        functionAssociations: [
          { function: this.#viewerRequest({ redirects, paths }), eventType: FunctionEventType.VIEWER_REQUEST },
        ],
      },
      // It is for all origins: the API and the console never answer 403. Their 404 is their own.
      errorResponses: [{ httpStatus: 403, responseHttpStatus: 404, responsePagePath: "/404.html", ttl: missingTtl }],
      additionalBehaviors: Object.fromEntries(apiPaths.map((path) => [path, apiBehaviour])),
      ...(domain === undefined
        ? {}
        : {
            domainNames: [domain.name],
            minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
            certificate: Certificate.fromCertificateArn(this, "Certificate", domain.certificateArn),
          }),
    });
    this.host = domain?.name ?? this.distribution.distributionDomainName;
    this.#acknowledge(domain !== undefined);
  }

  #cachePolicy(): CachePolicy {
    return new CachePolicy(this, "Cache", {
      comment: "The s-maxage of the file, or a minute without one",
      minTtl: Duration.seconds(0),
      defaultTtl: Duration.millis(cacheDuration),
      maxTtl: Duration.days(365),
      // The viewer function adds the encoding to the path, because S3 does not negotiate it.
      enableAcceptEncodingBrotli: false,
      enableAcceptEncodingGzip: false,
      headerBehavior: CacheHeaderBehavior.none(),
    });
  }

  #viewerRequest(configured: ViewerPaths): ViewerFunction {
    return new ViewerFunction(this, "ViewerRequest", {
      comment: "Rewrites folders to index.html, and adds the encoding that the reader accepts",
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromInline(viewerRequest(configured)),
    });
  }

  #acknowledge(ownDomain: boolean): void {
    Validations.of(this.distribution).acknowledge(
      { id: "AwsSolutions-CFR1", reason: "Feeds are for everyone, wherever they are." },
      {
        id: "AwsSolutions-CFR2",
        reason: "Static files and an API with a token and a throttle; a firewall costs more than all else together.",
      },
      {
        id: "AwsSolutions-CFR3",
        reason: "Access logs hold the addresses of readers; an owner who needs them can turn them on.",
      },
      ...(ownDomain
        ? []
        : [
            {
              id: "AwsSolutions-CFR4",
              reason: "The certificate of *.cloudfront.net allows no TLS policy; that of a configured domain has one.",
            },
          ]),
    );
  }
}
