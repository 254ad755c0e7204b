"""A stack is deleted as CloudFormation deletes it: one with a bucket that holds objects stays (`DELETE_FAILED`), lists which of its
resources are gone, and can be deleted again.

moto counts such a bucket as deleted, forgets a stack before it deletes its resources, and makes those again to list them.
"""

import traceback

import moto.cloudformation.models as models
import moto.cloudformation.responses as responses
import moto.s3.models as s3
from moto.core.responses import ActionResult

from resource_order import made

# The resources of the stacks that a deletion began with, by the stack's id and the resource's name.
listed: dict = {}


def delete_bucket(name, _definition, account_id, _region) -> None:
    if s3.s3_backends[account_id]["aws"].delete_bucket(name) is None:
        raise ValueError(f"The bucket {name} you tried to delete is not empty (Service: S3, Status Code: 409)")


def summary(one) -> dict:
    return {
        "ResourceStatus": "CREATE_COMPLETE",
        "LogicalResourceId": one.logical_resource_id,
        "LastUpdateTimestamp": "2011-06-21T20:15:58Z",
        # A permission of a function has no name of its own in moto.
        "PhysicalResourceId": getattr(one, "physical_resource_id", ""),
        "ResourceType": one.cf_resource_type,
    }


def list_as(stack, status: str) -> None:
    """What is gone is listed as deleted, and anything else with this status."""
    remaining = made(stack.resource_map)
    for name, one in listed[stack.stack_id].items():
        one["ResourceStatus"] = status if name in remaining else "DELETE_COMPLETE"


def fail(backend, stack, error: Exception) -> None:
    traceback.print_exc()
    backend.stacks[stack.stack_id] = stack
    list_as(stack, "DELETE_FAILED")
    stack.status, stack.status_reason = "DELETE_FAILED", str(error)
    stack._add_stack_event("DELETE_FAILED", resource_status_reason=stack.status_reason)


def install() -> None:
    s3.FakeBucket.delete_from_cloudformation_json = staticmethod(delete_bucket)

    delete_stack = models.CloudFormationBackend.delete_stack

    def delete_or_keep(backend, name_or_stack_id):
        for stack in [one for one in backend.stacks.values() if name_or_stack_id in (one.name, one.stack_id)]:
            parsed = stack.resource_map._parsed_resources
            now = {name: summary(parsed[name]) for name in made(stack.resource_map) if hasattr(parsed[name], "logical_resource_id")}
            listed[stack.stack_id] = {**now, **listed.get(stack.stack_id, {})}
            try:
                delete_stack(backend, stack.stack_id)
            except Exception as error:
                fail(backend, stack, error)
            else:
                stack.status_reason = None
                list_as(stack, "DELETE_SKIPPED")

    models.CloudFormationBackend.delete_stack = delete_or_keep

    list_resources = responses.CloudFormationResponse.list_stack_resources

    def list_also_deleted(response):
        asked = response._get_param("StackName")
        ids = [one.stack_id for one in response.cloudformation_backend.stacks.values() if asked == one.name]
        found = listed.get(ids[0] if ids else asked)
        return list_resources(response) if found is None else ActionResult({"StackResourceSummaries": list(found.values())})

    responses.CloudFormationResponse.list_stack_resources = list_also_deleted
