"""AWS makes a conditional write atomic; moto checks and writes in two steps, in as many threads as there are requests.

Functions run beside one another here, so without this two of them could both win the same version of a row, and a message that
is sent while another one is deleted could be lost: moto deletes by writing the list of the others.
"""

import functools
import threading

from moto.dynamodb.models import DynamoDBBackend
from moto.logs.models import LogsBackend
from moto.s3.responses import S3Response
from moto.sqs.models import SQSBackend

ROWS = ("put_item", "update_item", "delete_item", "get_item", "query", "scan", "transact_write_items")
OBJECTS = ("put_object", "delete_object")
MESSAGES = ("send_message", "receive_message", "delete_message", "change_message_visibility", "purge_queue")
LOGS = ("ensure_log_group", "create_log_stream", "put_log_events", "filter_log_events")


def one_at_a_time(owner: type, names: tuple, lock) -> None:
    def locked(method):
        @functools.wraps(method)
        def call(*args, **kwargs):
            with lock:
                return method(*args, **kwargs)

        return call

    for name in names:
        setattr(owner, name, locked(getattr(owner, name)))


def install() -> None:
    one_at_a_time(DynamoDBBackend, ROWS, threading.RLock())
    one_at_a_time(S3Response, OBJECTS, threading.RLock())
    one_at_a_time(SQSBackend, MESSAGES, threading.RLock())
    one_at_a_time(LogsBackend, LOGS, threading.RLock())
