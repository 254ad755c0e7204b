"""What moto's CloudFormation lacks of protection: a stack that must not be deleted, and resources that outlive it."""

import moto.cloudformation.exceptions as exceptions
import moto.cloudformation.models as models
import moto.cloudformation.parsing as parsing
import moto.cloudformation.responses as responses
from moto.core.responses import ActionResult

from calls import truth

ANSWER = (
    '<UpdateTerminationProtectionResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">'
    "<UpdateTerminationProtectionResult><StackId>{}</StackId></UpdateTerminationProtectionResult>"
    "</UpdateTerminationProtectionResponse>"
)


def update_termination_protection(response):
    stack = response.cloudformation_backend.get_stack(response._get_param("StackName"))
    stack.enable_termination_protection = truth(response._get_param("EnableTerminationProtection"))
    return ANSWER.format(stack.stack_id)


# What a deleted stack held, by its id: moto would make its resources again to list them.
deleted: dict = {}


def summary(one, definition: dict) -> dict:
    kept = definition.get("DeletionPolicy") in ("Retain", "RetainExceptOnCreate")
    return {
        "ResourceStatus": "DELETE_SKIPPED" if kept else "DELETE_COMPLETE",
        "LogicalResourceId": one.logical_resource_id,
        "LastUpdateTimestamp": "2011-06-21T20:15:58Z",
        # A permission of a function has no name of its own in moto.
        "PhysicalResourceId": getattr(one, "physical_resource_id", ""),
        "ResourceType": one.cf_resource_type,
    }


def install() -> None:
    responses.CloudFormationResponse.update_termination_protection = update_termination_protection

    delete_stack = models.CloudFormationBackend.delete_stack

    def delete_unprotected(backend, name_or_stack_id):
        named = [one for one in backend.stacks.values() if name_or_stack_id in (one.name, one.stack_id)]
        if any(one.enable_termination_protection for one in named):
            raise exceptions.ValidationError(
                name_or_stack_id,
                f"Stack [{name_or_stack_id}] cannot be deleted while TerminationProtection is enabled",
            )
        for stack in named:
            definitions = stack.resource_map._resource_json_map
            made = [one for one in stack.stack_resources if hasattr(one, "logical_resource_id")]
            deleted[stack.stack_id] = [summary(one, definitions[one.logical_resource_id]) for one in made]
        return delete_stack(backend, name_or_stack_id)

    list_resources = responses.CloudFormationResponse.list_stack_resources

    def list_also_deleted(response):
        found = deleted.get(response._get_param("StackName"))
        return list_resources(response) if found is None else ActionResult({"StackResourceSummaries": found})

    responses.CloudFormationResponse.list_stack_resources = list_also_deleted

    models.CloudFormationBackend.delete_stack = delete_unprotected

    delete = parsing.ResourceMap.delete

    def delete_but_retained(resources):
        for one in resources._resource_json_map.values():
            # moto knows only the plain policy. The roll-back of a creation has changed it before.
            if one.get("DeletionPolicy") == "RetainExceptOnCreate":
                one["DeletionPolicy"] = "Retain"
        return delete(resources)

    parsing.ResourceMap.delete = delete_but_retained
