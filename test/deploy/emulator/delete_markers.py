"""S3 tells of a deletion in a versioned bucket, where it leaves a marker (`s3:ObjectRemoved:DeleteMarkerCreated`); moto does not."""

import moto.s3.models as s3
from moto.s3 import notifications

CREATED = notifications.S3NotificationEvent.OBJECT_REMOVED_DELETE_MARKER_CREATED_EVENT


def install() -> None:
    mark = s3.S3Backend._set_delete_marker

    def told(backend, bucket_name, key_name):
        bucket = backend.get_bucket(bucket_name)
        gone = bucket.keys.get(key_name)
        marker = mark(backend, bucket_name, key_name)
        if isinstance(gone, s3.FakeKey):
            notifications.send_event(backend.account_id, CREATED, bucket, gone)
        return marker

    s3.S3Backend._set_delete_marker = told
