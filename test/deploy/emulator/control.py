"""What the check asks of the emulator itself, beside AWS: `/emulator/rights` and `/emulator/activity`, and of a function `/emulator/timeout?NAME`
and `/emulator/credentials?NAME`; `/emulator/role?NAME` takes a policy and returns the credentials of a role that has it; `/emulator/account?NAME=VALUE` changes the account.
"""

import json
from urllib.parse import parse_qsl

from moto.awslambda.models import lambda_backends
from moto.moto_server import werkzeug_app as server

import activity
import aws_account
import denials
import functions
import rights


def install() -> None:
    """Last, so that it is asked first: these requests are nobody's on AWS."""
    hand_on = server.DomainDispatcherApplication.__call__

    def call(app, environ, start_response):
        path = environ["PATH_INFO"]
        if path == "/emulator/rights":
            return denials.answer("200 OK", "application/json", json.dumps(rights.report()), start_response)
        if path == "/emulator/activity":
            return denials.answer("200 OK", "application/json", json.dumps(activity.activity()), start_response)
        if path == "/emulator/timeout":
            functions.time_out(environ["QUERY_STRING"])
            return denials.answer("200 OK", "application/json", "{}", start_response)
        if path == "/emulator/credentials":
            function = lambda_backends[rights.ACCOUNT][rights.REGION].get_function(environ["QUERY_STRING"])
            text = json.dumps(rights.credentials_of(function))
            return denials.answer("200 OK", "application/json", text, start_response)
        if path == "/emulator/role":
            policy = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            text = json.dumps(rights.credentials_of_role(environ["QUERY_STRING"], policy))
            return denials.answer("200 OK", "application/json", text, start_response)
        if path == "/emulator/account":
            aws_account.settings.update(parse_qsl(environ["QUERY_STRING"]))
            return denials.answer("200 OK", "application/json", json.dumps(aws_account.settings), start_response)
        return hand_on(app, environ, start_response)

    server.DomainDispatcherApplication.__call__ = call
