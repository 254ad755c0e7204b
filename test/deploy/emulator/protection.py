"""What moto's CloudFormation lacks of protection: a stack that must not be deleted, and resources that outlive it."""

import moto.cloudformation.exceptions as exceptions
import moto.cloudformation.models as models
import moto.cloudformation.parsing as parsing
import moto.cloudformation.responses as responses

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
        return delete_stack(backend, name_or_stack_id)

    models.CloudFormationBackend.delete_stack = delete_unprotected

    delete = parsing.ResourceMap.delete

    def delete_but_retained(resources):
        for one in resources._resource_json_map.values():
            # moto knows only the plain policy. The roll-back of a creation has changed it before.
            if one.get("DeletionPolicy") == "RetainExceptOnCreate":
                one["DeletionPolicy"] = "Retain"
        return delete(resources)

    parsing.ResourceMap.delete = delete_but_retained
