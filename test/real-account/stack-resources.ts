import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
} from "@aws-sdk/client-cloudformation";

interface StackResource {
  readonly type: string;
  readonly name: string;
  readonly isDeleted: boolean;
}

const client = new CloudFormationClient({});

/** CloudFormation knows a deleted stack by its id only, for 90 days. Undefined if there is no stack of this name. */
export const stackId = async (name: string): Promise<string | undefined> => {
  try {
    return (await client.send(new DescribeStacksCommand({ StackName: name }))).Stacks?.[0]?.StackId;
  } catch (error) {
    if (error instanceof Error && error.message.includes("does not exist")) return undefined;
    throw error;
  }
};

export const stackResources = async (id: string): Promise<readonly StackResource[]> => {
  const all: StackResource[] = [];
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName: id }))
    for (const { ResourceType = "", PhysicalResourceId = "", ResourceStatus } of StackResourceSummaries)
      all.push({ type: ResourceType, name: PhysicalResourceId, isDeleted: ResourceStatus === "DELETE_COMPLETE" });
  return all;
};
