"""CloudFormation as strict as the real one: a resource that cannot be made fails the deployment, and the first one is rolled
back; outputs are filled.

Plain moto answers CREATE_COMPLETE with resources missing, looks for a change set in the newest of any stack, and fails
on deleting one that is not there (which `cdk deploy` does each time).
"""

import traceback

import moto.cloudformation.exceptions as exceptions
import moto.cloudformation.models as models
import moto.cloudformation.parsing as parsing
import moto.cloudformation.responses as responses

BY_NAME = ("DescribeChangeSet", "DeleteChangeSet", "ExecuteChangeSet")


def missing_of(change_set, stack) -> list:
    conditions = stack.resource_map.lazy_condition_map
    wanted = [
        name
        for name, resource in change_set.template_dict["Resources"].items()
        if not resource.get("Condition") or conditions[resource["Condition"]]
    ]
    return [name for name in wanted if stack.resource_map[name] is None]


def apply(change_set, stack) -> None:
    change_set.apply()
    missing = missing_of(change_set, stack)
    if missing:
        raise ValueError("not created: " + ", ".join(missing))
    stack.template, stack.template_dict = change_set.template, change_set.template_dict
    stack.output_map = parsing.OutputMap(stack.resource_map, change_set.template_dict, stack.stack_id)
    if change_set.template_dict.get("Outputs"):
        # Each is worked out now: one that cannot be fails the deployment.
        [output.value for output in stack.output_map.values()]


def roll_back(stack) -> None:
    """All that a failed creation made is deleted, but what is retained whatever happens ("DeletionPolicy attribute")."""
    resources = stack.resource_map
    for definition in resources._resource_json_map.values():
        if definition.get("DeletionPolicy") == "RetainExceptOnCreate":
            definition["DeletionPolicy"] = "Delete"
    resources.delete()


def execute(backend, change_set_name, stack_name=None) -> None:
    named = (
        one
        for one in backend.change_sets.values()
        if one.change_set_name == change_set_name and stack_name in (None, one.stack.name, one.stack_id)
    )
    change_set = backend.change_sets.get(change_set_name) or next(named, None)
    stack, kind = backend.stacks[change_set.stack_id], change_set.change_set_type
    change_set.execution_status = "EXECUTE_IN_PROGRESS"
    stack._add_stack_event(f"{kind}_IN_PROGRESS", resource_status_reason="User Initiated")
    try:
        apply(change_set, stack)
    except Exception as error:
        traceback.print_exc()
        if kind == "CREATE":
            roll_back(stack)
        stack.status = "ROLLBACK_COMPLETE" if kind == "CREATE" else "UPDATE_ROLLBACK_COMPLETE"
        stack.status_reason = f"{type(error).__name__}: {error}"
        stack._add_stack_event(f"{kind}_FAILED", resource_status_reason=stack.status_reason)
        stack._add_stack_event(stack.status)
        change_set.execution_status = "EXECUTE_FAILED"
        return
    stack._add_stack_event(f"{kind}_COMPLETE")
    change_set.execution_status, stack.status = "EXECUTE_COMPLETE", f"{kind}_COMPLETE"


class ChangeSetNotFound(exceptions.ValidationError):
    if isinstance(getattr(exceptions.ValidationError, "code", None), str):
        code = "ChangeSetNotFound"


def install() -> None:
    models.CloudFormationBackend.execute_change_set = execute
    models.CloudFormationBackend.delete_change_set = lambda backend, change_set_name: (
        backend.change_sets.pop(change_set_name, None) and None
    )

    describe = models.CloudFormationBackend.describe_change_set

    def describe_change_set(backend, change_set_name):
        if change_set_name in backend.change_sets:
            return describe(backend, change_set_name)
        error = ChangeSetNotFound(change_set_name, f"ChangeSet [{change_set_name}] does not exist")
        if "ValidationError" in str(getattr(error, "description", "")):
            error.description = error.description.replace("ValidationError", "ChangeSetNotFound")
        raise error

    models.CloudFormationBackend.describe_change_set = describe_change_set

    parameter = responses.CloudFormationResponse._get_param

    def of_this_stack(response, name, *args, **rest):
        value = parameter(response, name, *args, **rest)
        if name != "ChangeSetName" or not value or value.startswith("arn:") or response._get_action() not in BY_NAME:
            return value
        stack = parameter(response, "StackName")
        found = [
            key
            for key, one in response.cloudformation_backend.change_sets.items()
            if one.change_set_name == value and stack in (one.stack_name, one.stack_id)
        ]
        return found[-1] if found else value

    responses.CloudFormationResponse._get_param = of_this_stack

    read = parsing.ResourceMap.parse_ssm_parameter

    def parse_ssm_parameter(resources, value, value_type):
        try:
            return read(resources, value, value_type)
        except AttributeError:
            # `UsePreviousValue` hands over the value itself, not the parameter's name.
            return value

    parsing.ResourceMap.parse_ssm_parameter = parse_ssm_parameter
