import type { ResponsePolicy } from "./distribution.ts";
import type { Headers, Request } from "./http.ts";

/** CloudFront refuses these in a policy ("Understand response headers policies", "Custom headers"). */
const refused =
  /^(?:access-control-|connection$|content-encoding$|content-length$|date$|server$|transfer-encoding$|via$)/;

const securityHeaders = (policy: ResponsePolicy): readonly (readonly [string, string, boolean])[] => {
  const {
    ContentSecurityPolicy: csp,
    ContentTypeOptions: types,
    FrameOptions: frames,
    ReferrerPolicy: referrer,
    StrictTransportSecurity: transport,
  } = policy.SecurityHeadersConfig;
  return [
    ...(csp ? [["content-security-policy", csp.ContentSecurityPolicy, csp.Override] as const] : []),
    ...(types ? [["x-content-type-options", "nosniff", types.Override] as const] : []),
    ...(frames ? [["x-frame-options", frames.FrameOption, frames.Override] as const] : []),
    ...(referrer ? [["referrer-policy", referrer.ReferrerPolicy, referrer.Override] as const] : []),
    ...(transport
      ? [["strict-transport-security", `max-age=${transport.AccessControlMaxAgeSec}`, transport.Override] as const]
      : []),
  ];
};

/**
 * With a CORS section the policy owns `Vary` and the CORS headers: a custom `Vary` is dropped, and the origin's, too
 * (seen at the edge: https://github.com/ttoss/ttoss/pull/1205, /1206).
 */
const corsHeaders = (policy: ResponsePolicy, { method, headers }: Request): Headers => {
  const cors = policy.CorsConfig;
  if (cors === undefined) return {};
  if (headers.origin === undefined) return { vary: "Origin" };
  const [origin = ""] = cors.AccessControlAllowOrigins;
  const preflight = method === "OPTIONS" && headers["access-control-request-method"] !== undefined;
  return {
    "access-control-allow-origin": origin,
    ...(cors.AccessControlExposeHeaders
      ? { "access-control-expose-headers": cors.AccessControlExposeHeaders.join(", ") }
      : {}),
    ...(preflight
      ? {
          "access-control-allow-methods": cors.AccessControlAllowMethods.join(", "),
          "access-control-allow-headers": cors.AccessControlAllowHeaders.join(", "),
        }
      : {}),
  };
};

/** Throws for a policy that CloudFront would not create. */
export const checkPolicy = (policy: ResponsePolicy): void => {
  const wrong = policy.CustomHeadersConfig?.Items.find(({ Header }) => refused.test(Header));
  if (wrong !== undefined) throw new Error(`Invalid custom header: ${wrong.Header}`);
};

const without = (headers: Headers, name: string): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([own]) => own !== name));

/** The headers that the viewer gets. */
export const withPolicy = (policy: ResponsePolicy | undefined, given: Headers, request: Request): Headers => {
  if (policy === undefined) return given;
  const ownsVary = policy.CorsConfig !== undefined;
  const own = ownsVary ? without(given, "vary") : given;
  const custom = (policy.CustomHeadersConfig?.Items ?? []).map(
    ({ Header, Value, Override }) => [Header, Value, Override] as const,
  );
  const added = [...securityHeaders(policy), ...custom].filter(
    ([name, , override]) => (override || own[name] === undefined) && !(ownsVary && name === "vary"),
  );
  return {
    ...own,
    ...Object.fromEntries(added.map(([name, value]) => [name, value])),
    ...corsHeaders(policy, request),
  };
};
