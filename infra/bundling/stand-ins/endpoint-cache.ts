/**
 * Replaces the cache that a DynamoDB client creates. It would stay empty, because endpoint discovery is enabled neither
 * by default nor by Crier.
 */
export function EndpointCache(this: object): void {
  Object.assign(this, { getEndpoint: () => undefined });
}
