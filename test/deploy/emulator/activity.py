"""Whether anything is under way in the account: where nothing is, nothing comes any more until someone asks for it.

There are no schedules here, so that all that functions do follows from a request, a message or a record of a stream.
"""

import moto.awslambda.models as lambdas
import moto.sqs.models as queues

import functions
import mappings
from mappings import ACCOUNT, REGION


def activity() -> dict:
    """`later`: messages that were sent with a delay. `batches`: how many there were so far. Asked in this order: what runs sends its records and messages before it ends."""
    with mappings.looking:
        runs = sum(len(copies) for copies in list(functions.running.values()))
        runs += sum(worker.is_alive() for workers in mappings.running.values() for worker in list(workers))
        enabled = [one for one in lambdas.lambda_backends[ACCOUNT][REGION]._event_source_mappings.values() if one.enabled]
        records = sum(mappings.records_before(one) for one in enabled)
        sources = {one.event_source_arn for one in enabled}
        known = list(queues.sqs_backends[ACCOUNT][REGION].queues.values())
        messages = [one for queue in known if queue.queue_arn in sources for one in queue._messages]
        later = sum(one.delayed for one in messages)
        return {
            "runs": runs,
            "records": records,
            "messages": len(messages) - later,
            "later": later,
            "batches": mappings.batches["started"],
        }
