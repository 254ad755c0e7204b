"""A bucket answers in its own region alone, and names it elsewhere ("Making requests", Amazon S3 API Reference); moto has each
bucket in every region.
"""

import re

from moto.moto_server import werkzeug_app as server
from moto.s3.models import s3_backends

from requests_of_functions import ACCOUNT

XML = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>PermanentRedirect</Code><Message>Another endpoint.</Message></Error>'


def region_elsewhere(environ):
    """The region of the bucket that a request names in its path, if the request is signed for another one."""
    signed = re.search(r"Credential=[^/]+/\d+/([^/]+)/s3/", environ.get("HTTP_AUTHORIZATION", ""))
    bucket = s3_backends[ACCOUNT]["aws"].buckets.get(environ["PATH_INFO"].lstrip("/").split("/", 1)[0])
    return bucket.region_name if signed and bucket is not None and bucket.region_name != signed[1] else None


def install() -> None:
    hand_on = server.DomainDispatcherApplication.__call__

    def call(app, environ, start_response):
        region = region_elsewhere(environ)
        if region is None:
            return hand_on(app, environ, start_response)
        # A client that is still sending must not lose its connection.
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        headers = [("content-type", "application/xml"), ("content-length", str(len(XML))), ("x-amz-bucket-region", region)]
        start_response("301 Moved Permanently", headers)
        return [XML.encode()]

    server.DomainDispatcherApplication.__call__ = call
