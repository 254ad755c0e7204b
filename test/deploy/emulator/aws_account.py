"""The AWS account itself: its quota of functions that run at the same time, credentials that have expired, domains that
distributions of others have, and an account that is too new for distributions."""

import json
import re

from moto.moto_server import werkzeug_app as server

import denials

# What a test sets by `/emulator/account?executions=10`, `…?taken=feeds.example.com` and `…?verified=no`.
settings = {"executions": "1000", "taken": "", "verified": "yes"}

# An access key that begins like this stands for credentials that were valid once.
EXPIRED = "ASIAEXPIRED"

XML = (
    "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code>"
    "<Message>The security token included in the request is expired</Message></Error></ErrorResponse>"
)
JSON = json.dumps({"__type": "ExpiredTokenException", "message": "The security token included in the request is expired"})


def expired(service: str, start_response):
    if service in ("sts", "cloudformation", "iam", "s3", "sns"):
        return denials.answer("403 Forbidden", "text/xml", XML, start_response)
    return denials.answer("400 Bad Request", "application/x-amz-json-1.1", JSON, start_response)


def check_aliases(aliases: list) -> None:
    """ "CNAMEAlreadyExists", as CloudFormation hands it on."""
    if settings["taken"] and settings["taken"] in aliases:
        raise ValueError(
            "Resource handler returned message: Invalid request provided: AWS::CloudFront::Distribution: One or more of the "
            "CNAMEs you provided are already associated with a different resource. (Service: CloudFront, Status Code: 409)"
        )


def check_verified() -> None:
    """A new account's first failure, as CloudFormation hands it on."""
    if settings["verified"] != "yes":
        raise ValueError(
            "Resource handler returned message: Access denied for operation AWS::CloudFront::Distribution: Your account must be "
            "verified before you can add new CloudFront resources. (Service: CloudFront, Status Code: 403)"
        )


def install() -> None:
    hand_on = server.DomainDispatcherApplication.__call__

    def call(app, environ, start_response):
        found = re.search(r"Credential=([^/]+)/[^/]+/[^/]+/([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
        if found is not None and found[1].startswith(EXPIRED):
            return expired(found[2], start_response)
        # GetAccountSettings, which moto lacks.
        if environ["PATH_INFO"] == "/2016-08-19/account-settings":
            text = json.dumps({"AccountLimit": {"ConcurrentExecutions": int(settings["executions"])}})
            return denials.answer("200 OK", "application/json", text, start_response)
        return hand_on(app, environ, start_response)

    server.DomainDispatcherApplication.__call__ = call
