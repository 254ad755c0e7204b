declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  /** A server of OAuth 2 and OpenID Connect. It has no types of its own. */
  export class Provider {
    constructor(issuer: string, configuration: object);
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    readonly AccessToken: {
      find(token: string): Promise<{ readonly accountId: string; readonly scope?: string } | undefined>;
    };
  }
}
