import { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** A client of a server on this machine with DynamoDB's API. */
export const localClient = (endpoint: string): DynamoDBClient =>
  new DynamoDBClient({
    endpoint,
    region: "local",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
