"""Resources come and go in the order of their dependencies, as CloudFormation has it, and a stack holds those alone that were made.

moto makes what another one refers to before what that one depends on, deletes in no order, and makes what a stack lacks to list
it: a stack that was rolled back would come back to be deleted, with functions that run while their rights are taken away.
"""

import moto.cloudformation.models as models
import moto.cloudformation.parsing as parsing


def made(resources) -> list:
    """The names, in the order in which they were made: whatever one needs is before it."""
    return [name for name in resources._parsed_resources if name in resources._resource_json_map]


def delete(resources) -> None:
    for name in reversed(made(resources)):
        definition = resources._resource_json_map[name]
        if definition.get("DeletionPolicy") == "Retain":
            continue
        resources._delete_resource(resources._parsed_resources[name], definition)
        del resources._parsed_resources[name]


def install() -> None:
    get = parsing.ResourceMap.__getitem__

    def get_after_dependencies(resources, name):
        if name not in resources._parsed_resources:
            needed = resources._resource_json_map.get(name, {}).get("DependsOn", [])
            for one in [needed] if isinstance(needed, str) else needed:
                resources[one]
        return get(resources, name)

    parsing.ResourceMap.__getitem__ = get_after_dependencies
    parsing.ResourceMap.delete = delete
    models.Stack.stack_resources = property(
        lambda stack: [stack.resource_map._parsed_resources[name] for name in made(stack.resource_map)]
    )
