"""Which actions on which resources a request to AWS asks for ("Service Authorization Reference").

Only the calls that functions and a backup make. A `LookupError` for any other: it is denied until it has its line here.
"""

import json
import re
from urllib.parse import parse_qs, unquote

ACCOUNT, REGION = "123456789012", "us-east-1"


def arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


def asked(action: str, resource: str, **context) -> dict:
    return {"action": action, "resource": resource, "context": {key.replace("__", ":"): value for key, value in context.items()}}


def row_context(body: dict) -> dict:
    """`dynamodb:LeadingKeys` are the partitions, `dynamodb:Attributes` the attributes that a request names."""
    names = body.get("ExpressionAttributeNames", {})
    attributes = {*names.values(), *body.get("Item", {}), *body.get("Key", {})}
    keys = [(body.get("Item") or body.get("Key") or {}).get("pk", {}).get("S")]
    if "KeyConditionExpression" in body:
        found = re.match(r"\s*(#?\w+)\s*=\s*(:\w+)", body["KeyConditionExpression"])
        if found is None:
            raise LookupError(f"the partition of {body['KeyConditionExpression']}")
        keys = [body["ExpressionAttributeValues"][found[2]]["S"]]
    return {"dynamodb__LeadingKeys": keys, "dynamodb__Attributes": sorted(attributes)}


def of_dynamodb(action: str, body: dict) -> list:
    if action not in ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"):
        raise LookupError(action)
    index = body.get("IndexName")
    table = arn("dynamodb", f"table/{body['TableName']}")
    resource = f"{table}/index/{index}" if index else table
    return [asked(f"dynamodb:{action}", resource, **row_context(body))]


LISTING = {"list-type", "prefix", "delimiter", "continuation-token", "max-keys", "start-after", "encoding-type", "x-id"}


def of_s3(method: str, path: str, query: dict, headers: dict) -> list:
    bucket, _, key = path.lstrip("/").partition("/")
    if not key and method == "GET" and set(query) <= LISTING:
        return [asked("s3:ListBucket", f"arn:aws:s3:::{bucket}")]
    action = {"GET": "s3:GetObject", "HEAD": "s3:GetObject", "PUT": "s3:PutObject"}.get(method)
    if not key or action is None or set(query) - {"x-id"} or "x-amz-copy-source" in headers:
        raise LookupError(f"{method} {path} {sorted(query)}")
    resource = f"arn:aws:s3:::{bucket}/{key}"
    # To compare with the object that is there is to read it ("How to prevent object overwrites with conditional writes").
    compared = [asked("s3:GetObject", resource)] if method == "PUT" and "if-match" in headers else []
    return [asked(action, resource), *compared]


def of_sqs(action: str, body: dict) -> list:
    if action not in ("SendMessage", "SendMessageBatch", "GetQueueAttributes"):
        raise LookupError(action)
    return [asked(f"sqs:{action.removesuffix('Batch')}", arn("sqs", body["QueueUrl"].rsplit("/", 1)[-1]))]


def of_ssm(action: str, body: dict) -> list:
    if action == "ListTagsForResource" and body["ResourceType"] == "Parameter":
        return [asked(f"ssm:{action}", arn("ssm", f"parameter/{body['ResourceId'].lstrip('/')}"))]
    if action not in ("GetParameter", "PutParameter"):
        raise LookupError(action)
    return [asked(f"ssm:{action}", arn("ssm", f"parameter/{body['Name'].lstrip('/')}"))]


def of_sns(action: str, body: dict) -> list:
    if action != "Publish":
        raise LookupError(action)
    return [asked("sns:Publish", body["TopicArn"])]


def of_lambda(method: str, path: str) -> list:
    found = re.fullmatch(r"/2015-03-31/functions/([^/]+)/invocations", path)
    if method != "POST" or found is None:
        raise LookupError(f"{method} {path}")
    name = found[1].rsplit(":", 1)[-1]
    return [asked("lambda:InvokeFunction", arn("lambda", f"function:{name}"))]


def fields(body: bytes, headers: dict) -> tuple:
    """The action and the parameters: JSON with a target, or a form (SNS)."""
    target = headers.get("x-amz-target")
    if target is not None:
        return target.rsplit(".", 1)[-1], json.loads(body)
    form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    return form.get("Action", ""), form


def asked_by(service: str, method: str, path: str, query: str, headers: dict, body: bytes) -> list:
    """`path`: as it was sent. `headers`: by lower-case name."""
    if service == "s3":
        return of_s3(method, unquote(path), parse_qs(query, keep_blank_values=True), headers)
    if service == "lambda":
        return of_lambda(method, unquote(path))
    by_service = {"dynamodb": of_dynamodb, "sqs": of_sqs, "ssm": of_ssm, "sns": of_sns}
    if service not in by_service:
        raise LookupError(service)
    return by_service[service](*fields(body, headers))
