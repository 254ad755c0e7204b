"""What IAM's policies say of one request ("Policy evaluation logic", "IAM JSON policy elements: Condition operators").

Only what templates of Crier use is known here. What is not known is an error and never an allowance.
"""

import json
import re


def several(value) -> list:
    return value if isinstance(value, list) else [value]


def like(pattern: str, value: str) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, value, re.DOTALL) is not None


def folded(pattern: str, value: str) -> bool:
    return like(pattern.lower(), value.lower())


OPERATORS = {
    "StringEquals": lambda wanted, value: wanted == value,
    "StringLike": like,
    "ArnEquals": like,
    "ArnLike": like,
    "Bool": lambda wanted, value: wanted.lower() == value.lower(),
}


def values_hold(operator: str, wanted: list, have) -> bool:
    """`have`: the values of a context key, or None where the request does not have it."""
    quantifier, _, base = operator.rpartition(":")
    optional, base = base.endswith("IfExists"), base.removesuffix("IfExists")
    negated = base.replace("Not", "", 1) in OPERATORS and base not in OPERATORS
    name = base.replace("Not", "", 1) if negated else base
    if name not in OPERATORS or quantifier not in ("", "ForAllValues", "ForAnyValue"):
        raise NotImplementedError(f"the emulator does not know the condition operator {operator}")

    def one(value) -> bool:
        return negated != any(OPERATORS[name](str(each), str(value)) for each in wanted)

    if have is None:
        return optional or negated or quantifier == "ForAllValues"
    if quantifier == "ForAllValues":
        return all(one(value) for value in several(have))
    if quantifier == "" and isinstance(have, list) and len(have) != 1:
        return False
    return any(one(value) for value in several(have))


def conditions_hold(condition: dict, context: dict) -> bool:
    return all(
        values_hold(operator, several(values), context.get(key.lower()))
        for operator, keys in condition.items()
        for key, values in keys.items()
    )


def principal_fits(principal, caller: dict) -> bool:
    """`caller`: `{"service": "s3.amazonaws.com"}`, or `{"role": ARN, "account": id}`."""
    if principal == "*":
        return True
    for kind, names in principal.items():
        if kind not in ("AWS", "Service"):
            raise NotImplementedError(f"the emulator does not know the principal {kind}")
        own = (caller.get("service"),) if kind == "Service" else (caller.get("role"), caller.get("account"))
        if any(name == "*" or (name is not None and name in own) for name in several(names)):
            return True
    return False


def applies(statement: dict, request: dict, caller=None) -> bool:
    """`caller` is for the policies of resources: those of a role are for the role alone."""
    unknown = set(statement) - {"Sid", "Effect", "Action", "Resource", "Condition", "Principal"}
    if unknown:
        raise NotImplementedError(f"the emulator does not know {', '.join(sorted(unknown))} in a policy")
    return (
        any(folded(one, request["action"]) for one in several(statement["Action"]))
        and any(like(one, request["resource"]) for one in several(statement["Resource"]))
        and (caller is None or principal_fits(statement["Principal"], caller))
        and conditions_hold(statement.get("Condition") or {}, context_of(request))
    )


def context_of(request: dict) -> dict:
    # Whoever calls AWS does so with TLS: the emulator is on loopback and has none.
    return {"aws:securetransport": "true", **{key.lower(): value for key, value in request.get("context", {}).items()}}


def statements(document) -> list:
    return several((json.loads(document) if isinstance(document, (str, bytes)) else document)["Statement"])


def refusal(request: dict, caller: dict, identity: list, resource: list):
    """None where the request is allowed; else why not, in IAM's words."""
    effects = [one["Effect"] for one in identity if applies(one, request)]
    effects += [one["Effect"] for one in resource if applies(one, request, caller)]
    if "Deny" in effects:
        return "with an explicit deny"
    return None if "Allow" in effects else f"because no policy allows the {request['action']} action"
