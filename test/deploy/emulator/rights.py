"""IAM: a deployed function may do what its role's policies and those of the resource say, and is denied all else.

Each function signs with a key of its own, which says whose role judges the request. Any other key is the owner's, who may
do everything. The report has what was denied, and the rights of functions that no request has needed.
"""

import hashlib
import io
import json
import re
import threading
import types

from moto.awslambda.models import lambda_backends
from moto.iam.models import iam_backends
from moto.moto_server import werkzeug_app as server
from moto.s3 import notifications
from moto.s3.models import s3_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

import denials
import policies
import requests_of_functions
from requests_of_functions import ACCOUNT, REGION, asked

keys: dict = {}
# The statements of roles that are not in IAM.
roles: dict = {}
# Each request once, however often it came.
used: dict = {}
denied: dict = {}
lock = threading.Lock()


def credentials_of(function) -> dict:
    """As Lambda has them in the environment."""
    key = "ASIA" + hashlib.sha256(function.function_name.encode()).hexdigest()[:16].upper()
    keys[key] = function
    return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": "emulated", "AWS_SESSION_TOKEN": "emulated"}


def credentials_of_role(name: str, policy: bytes) -> dict:
    """Those of a role that no function has. An owner makes it outside of the stack, with this policy."""
    roles[name] = policies.statements(policy)
    function = types.SimpleNamespace(function_name=name, role=f"arn:aws:iam::{ACCOUNT}:role/{name}")
    return credentials_of(function)


def role_of(function) -> str:
    return function.role.rsplit("/", 1)[-1]


def statements_of_role(name: str) -> list:
    if name in roles:
        return roles[name]
    role = iam_backends[ACCOUNT]["aws"].get_role(name)
    documents = [*role.policies.values(), *(policy.document for policy in role.managed_policies.values())]
    return [one for document in documents for one in policies.statements(document)]


def statements_of_resource(arn: str) -> list:
    if arn == "*":
        return []
    service, name = arn.split(":")[2], arn.split(":", 5)[-1]
    if service == "s3":
        bucket = s3_backends[ACCOUNT]["aws"].buckets.get(name.split("/")[0])
        return policies.statements(bucket.policy) if bucket is not None and bucket.policy else []
    if service == "sqs":
        queue = sqs_backends[ACCOUNT][REGION].queues.get(name)
        return policies.statements(queue.policy) if queue is not None and queue.policy else []
    if service == "sns":
        topic = sns_backends[ACCOUNT][REGION].topics.get(arn)
        return policies.statements(topic._policy_json) if topic is not None else []
    return []


def judge(who: str, caller: dict, request: dict, identity: list):
    """None where the request is allowed. Both are noted."""
    try:
        why = policies.refusal(request, caller, identity, statements_of_resource(request["resource"]))
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
    note(who, request, why)
    if why is not None:
        print("DENIED", who, request["action"], request["resource"], why, flush=True)
    return why


def note(who: str, request: dict, why) -> None:
    one = {"who": who, **request, "why": why}
    with lock:
        (used if why is None else denied)[json.dumps(one)] = one


def function_may(function, action: str, resource: str) -> bool:
    """What Lambda itself does in the name of the function's role: its events and its log."""
    return judge_function(function, asked(action, resource)) is None


def judge_function(function, request: dict):
    role = role_of(function)
    caller = {"role": f"arn:aws:iam::{ACCOUNT}:role/{role}", "account": ACCOUNT}
    return judge(function.function_name, caller, request, statements_of_role(role))


def rights_of_functions():
    """Each function with each action that it is allowed, and on what."""
    for function in lambda_backends[ACCOUNT][REGION].list_functions():
        for one in statements_of_role(role_of(function)):
            if one["Effect"] == "Allow":
                for action in policies.several(one["Action"]):
                    for resource in policies.several(one["Resource"]):
                        yield function.function_name, {**one, "Action": action, "Resource": resource}


def report() -> dict:
    with lock:
        seen, refused = list(used.values()), list(denied.values())
    every = list(rights_of_functions())
    unused = [
        {"who": who, "action": right["Action"], "resource": right["Resource"], "condition": json.dumps(right.get("Condition", {}))}
        for who, right in every
        if not any(one["who"] == who and policies.applies(right, one) for one in seen)
    ]
    return {"rights": len(every), "unused": unused, "denied": refused}


def without_key(environ: dict) -> bool:
    """A request that is not for AWS: moto's own pages, and uploads with a signature in their URL."""
    return environ["PATH_INFO"].startswith("/moto-api") or "X-Amz-Credential" in environ.get("QUERY_STRING", "")


def hidden(function, request: dict, status: str):
    """Who may not list a bucket is not told that an object is missing ("GetObject", Permissions)."""
    if request["action"] != "s3:GetObject" or not status.startswith("404"):
        return None
    bucket = asked("s3:ListBucket", request["resource"].split("/", 1)[0])
    why = judge_function(function, bucket)
    return None if why is None else (bucket, why)


def install() -> None:
    hand_on = server.DomainDispatcherApplication.__call__

    def call(app, environ, start_response):
        found = re.search(r"Credential=([^/]+)/[^/]+/[^/]+/([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
        if found is None and not without_key(environ):
            note("nobody", asked("?", environ["PATH_INFO"]), "the request has no key")
            return denials.not_authenticated(start_response)
        if found is None or found[1] not in keys:
            return hand_on(app, environ, start_response)
        function, service = keys[found[1]], found[2]
        user = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role_of(function)}/{function.function_name}"
        wanted = wanted_by(service, environ)
        for request in wanted:
            why = judge_function(function, request)
            if why is not None:
                return denials.access_denied(service, user, request, why, start_response)
        given: list = []
        body = hand_on(app, environ, lambda status, headers, *rest: given.append((status, headers)))
        secret = hidden(function, wanted[0], given[0][0])
        if secret is not None:
            return denials.access_denied(service, user, *secret, start_response)
        start_response(*given[0])
        return body

    server.DomainDispatcherApplication.__call__ = call

    send = notifications._send_sqs_message

    def send_if_allowed(account_id, event_body, queue_name, region_name):
        request = asked("sqs:SendMessage", f"arn:aws:sqs:{region_name}:{account_id}:{queue_name}", aws__SourceAccount=account_id)
        why = judge("S3", {"service": "s3.amazonaws.com"}, request, [])
        if why is None:
            send(account_id, event_body, queue_name, region_name)
        elif event_body.get("Event") == "s3:TestEvent":
            raise PermissionError(f"S3 may not send to the queue {queue_name}: {why}")

    notifications._send_sqs_message = send_if_allowed


def wanted_by(service: str, environ: dict) -> list:
    length = environ.get("CONTENT_LENGTH")
    body = environ["wsgi.input"].read(int(length)) if length else b""
    if length:
        environ["wsgi.input"] = io.BytesIO(body)
    headers = {name[5:].lower().replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
    path = environ["RAW_URI"].split("?", 1)[0]
    method, query = environ["REQUEST_METHOD"], environ.get("QUERY_STRING", "")
    try:
        return requests_of_functions.asked_by(service, method, path, query, headers, body)
    except Exception as error:
        return [asked(f"{service}:?", f"a request that the emulator does not know: {error}")]
