"""Event source mappings as Lambda runs them: beside the writer, in batches, filtered, tried again.

moto calls the function inside the very request that wrote the row or sent the message, one record at a time, and knows
neither filters nor partial batch responses. Here a thread looks at every mapping ten times a second instead.
Standard queues and streams promise no more than this does; a visibility of `RETRY` seconds stands in for the queue's
own after a failure, so that a check takes minutes and not hours.
"""

import base64
import json
import threading
import time
import traceback

import moto.awslambda.models as lambdas
import moto.dynamodb.models.table as tables
import moto.sqs.models as queues
from moto.core.utils import unix_time
from moto.dynamodb.models import dynamodb_backends

import rights

RETRY = 2
ACCOUNT, REGION = "123456789012", "us-east-1"
looking = threading.Lock()
running: dict = {}
cursors: dict = {}
permitted: dict = {}
batches = {"started": 0}


def call(function_arn: str, records: list):
    """The batch's failed ids, `None` where the whole invocation failed, and an empty list where nothing did."""
    headers: dict = {}
    backend = lambdas.lambda_backends[ACCOUNT][REGION]
    event = json.dumps({"Records": records}, default=lambda value: base64.b64encode(value).decode())
    payload = backend.invoke(function_arn, None, event, {}, headers)
    if "x-amz-function-error" in headers:
        return None
    answer = json.loads(payload) if payload else None
    failures = answer.get("batchItemFailures", []) if isinstance(answer, dict) else []
    return [failure["itemIdentifier"] for failure in failures]


def matches(pattern, value) -> bool:
    """The part of EventBridge's patterns that mappings need: values, `exists`, `prefix` ("Lambda event filtering")."""
    if isinstance(pattern, dict):
        return all(matches(wanted, value.get(key) if isinstance(value, dict) else None) for key, wanted in pattern.items())
    for rule in pattern:
        if not isinstance(rule, dict):
            if rule == value:
                return True
        elif "exists" in rule:
            if rule["exists"] == (value is not None):
                return True
        elif "prefix" in rule:
            if isinstance(value, str) and value.startswith(rule["prefix"]):
                return True
        else:
            raise ValueError(f"the emulator does not know the filter rule {rule}")
    return False


def passes(mapping, record: dict) -> bool:
    filters = (mapping.filter_criteria or {}).get("Filters") or []
    return not filters or any(matches(json.loads(one["Pattern"]), record) for one in filters)


def queue_record(message, arn: str) -> dict:
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": {"ApproximateReceiveCount": str(message.approximate_receive_count)},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": REGION,
    }


def work_queue(mapping, queue, messages: list) -> None:
    backend = queues.sqs_backends[ACCOUNT][REGION]
    failed = call(mapping.function_arn, [queue_record(message, queue.queue_arn) for message in messages])
    partial = "ReportBatchItemFailures" in (mapping.function_response_types or [])
    again = {message.id for message in messages} if failed is None else set(failed if partial else [])
    for message in messages:
        if message.id in again:
            backend.change_message_visibility(queue.name, message.receipt_handle, visibility_timeout=RETRY)
        else:
            backend.delete_message(queue.name, message.receipt_handle)


def poll_queue(mapping, queue) -> None:
    most = int((mapping.scaling_config or {}).get("MaximumConcurrency", 5))
    workers = running.setdefault(mapping.uuid, set())
    workers -= {worker for worker in workers if not worker.is_alive()}
    if len(workers) >= most:
        return
    backend = queues.sqs_backends[ACCOUNT][REGION]
    visibility = int(queue.visibility_timeout)
    messages = backend.receive_message(queue.name, min(mapping.batch_size, 10), 0, visibility)
    if messages:
        start(workers, work_queue, mapping, queue, messages)


def stream_record(item, arn: str) -> dict:
    record = item.to_json()
    change = {**record["dynamodb"]}
    change["ApproximateCreationDateTime"] = unix_time(change["ApproximateCreationDateTime"])
    return {**record, "awsRegion": REGION, "dynamodb": change, "eventSourceARN": arn}


def work_stream(mapping, records: list) -> None:
    """A batch that fails is tried again, then halved where the mapping says so, then given up: the shard goes on."""
    for _ in range(int(mapping.max_retry_attempts if mapping.max_retry_attempts is not None else 2) + 1):
        if call(mapping.function_arn, records) is not None:
            return
        time.sleep(0.2)
    if mapping.bisect_on_error and len(records) > 1:
        middle = len(records) // 2
        work_stream(mapping, records[:middle])
        work_stream(mapping, records[middle:])


def poll_stream(mapping, table) -> None:
    shard = table.stream_shard
    # The first look comes within 0.1 s of the mapping's creation: LATEST.
    cursor = cursors.setdefault(mapping.uuid, len(shard.items))
    workers = running.setdefault(mapping.uuid, set())
    workers -= {worker for worker in workers if not worker.is_alive()}
    # A shard's batches are worked on in order, one at a time.
    if workers:
        return
    batch = shard.items[cursor : cursor + mapping.batch_size]
    cursors[mapping.uuid] = cursor + len(batch)
    if not mapping.enabled:
        return
    records = [record for record in (stream_record(item, mapping.event_source_arn) for item in batch) if passes(mapping, record)]
    if records:
        start(workers, work_stream, mapping, records)


def start(workers: set, work, *args) -> None:
    def guarded() -> None:
        try:
            work(*args)
        except Exception:
            traceback.print_exc()

    batches["started"] += 1
    worker = threading.Thread(target=guarded, daemon=True)
    worker.start()
    workers.add(worker)


# "Permissions for Lambda to …" of the pages on SQS and on DynamoDB streams.
NEEDED = {
    "sqs": ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"),
    "dynamodb": ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"),
}


def may_read(mapping) -> bool:
    """Whether the function's role lets Lambda read the events. AWS refuses to create such a mapping."""
    if mapping.uuid not in permitted:
        function = lambdas.lambda_backends[ACCOUNT][REGION].get_function(mapping.function_arn)
        source, kind = mapping.event_source_arn, mapping.event_source_arn.split(":")[2]
        permitted[mapping.uuid] = all([rights.function_may(function, f"{kind}:{one}", source) for one in NEEDED[kind]])
    return permitted[mapping.uuid]


def tables_by_stream() -> dict:
    return {getattr(table, "latest_stream_label", None) and f"{table.table_arn}/stream/{table.latest_stream_label}": table
            for table in list(dynamodb_backends[ACCOUNT][REGION].tables.values())}


def records_before(mapping) -> int:
    """How many records of its stream the mapping has not looked at."""
    table = tables_by_stream().get(mapping.event_source_arn)
    return 0 if table is None or mapping.uuid not in cursors else len(table.stream_shard.items) - cursors[mapping.uuid]


def look() -> None:
    all_queues = {queue.queue_arn: queue for queue in list(queues.sqs_backends[ACCOUNT][REGION].queues.values())}
    all_tables = tables_by_stream()
    every = lambdas.lambda_backends[ACCOUNT][REGION]._event_source_mappings
    for mapping in list(every.values()):
        with looking:
            if mapping.uuid not in every or not may_read(mapping):
                continue
            if mapping.event_source_arn in all_queues:
                if mapping.enabled:
                    poll_queue(mapping, all_queues[mapping.event_source_arn])
            elif mapping.event_source_arn in all_tables:
                poll_stream(mapping, all_tables[mapping.event_source_arn])


def forever() -> None:
    while True:
        try:
            look()
        except Exception:
            traceback.print_exc()
        time.sleep(0.1)


def install() -> None:
    remove = lambdas.LambdaBackend.delete_event_source_mapping

    def delete_after_its_last_batch(backend, uuid):
        """No role loses a right that its function still needs: a stack deletes what it made last first."""
        with looking:
            removed = remove(backend, uuid)
        for worker in running.pop(uuid, set()):
            worker.join()
        return removed

    lambdas.LambdaBackend.delete_event_source_mapping = delete_after_its_last_batch

    update = lambdas.LambdaBackend.update_event_source_mapping

    def update_between_looks(backend, uuid, spec):
        with looking:
            return update(backend, uuid, spec)

    lambdas.LambdaBackend.update_event_source_mapping = update_between_looks
    # With none of their own, moto's queues and tables call nobody.
    nobody = property(lambda self: {}, lambda self, value: None)
    queues.Queue.lambda_event_source_mappings = nobody
    tables.Table.lambda_event_source_mappings = nobody
    threading.Thread(target=forever, daemon=True).start()
