"""How each service says that a request is not allowed: the SDK makes its error of this."""

import json
from xml.sax.saxutils import escape


def answer(status: str, kind: str, text: str, start_response):
    body = text.encode()
    start_response(status, [("content-type", kind), ("content-length", str(len(body)))])
    return [body]


def access_denied(service: str, user: str, request: dict, why: str, start_response):
    message = f"User: {user} is not authorized to perform: {request['action']} on resource: {request['resource']} {why}"
    if service == "s3":
        xml = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>{escape(message)}</Message></Error>'
        return answer("403 Forbidden", "application/xml", xml, start_response)
    if service == "sns":
        error = f"<Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>{escape(message)}</Message></Error>"
        xml = f'<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">{error}</ErrorResponse>'
        return answer("403 Forbidden", "text/xml", xml, start_response)
    code = "AccessDenied" if service == "sqs" else "AccessDeniedException"
    text = json.dumps({"__type": f"com.amazonaws.{service}#{code}", "message": message, "Message": message})
    status = "403 Forbidden" if service in ("sqs", "lambda") else "400 Bad Request"
    return answer(status, "application/x-amz-json-1.0", text, start_response)


def not_authenticated(start_response):
    text = json.dumps({"__type": "UnrecognizedClientException", "message": "The security token is invalid."})
    return answer("403 Forbidden", "application/json", text, start_response)
