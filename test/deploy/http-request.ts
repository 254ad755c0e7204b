/** A request in the form of an HTTP API event (payload format 2.0). */
export const httpRequest = (method: string, url: string, headers: Readonly<Record<string, string>>) => {
  const [path = "/", query = ""] = url.split("?");
  const { cookie, ...others } = headers;
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: query,
    ...(cookie === undefined ? {} : { cookies: cookie.split("; ") }),
    headers: { host: "api.example", ...others },
    requestContext: {
      accountId: "123456789012",
      apiId: "api",
      domainName: "api.example",
      domainPrefix: "api",
      http: { method, path, protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "check" },
      requestId: "id",
      routeKey: "$default",
      stage: "$default",
      time: "01/Jan/2026:00:00:00 +0000",
      timeEpoch: 0,
    },
    isBase64Encoded: false,
  };
};
