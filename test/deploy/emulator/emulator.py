"""An AWS on loopback that is strict enough for `cdk deploy`: a moto server with the gaps filled.

usage: python3 emulator.py PORT    needs moto >= 5.2 with its server (`pip install "moto[server]>=5.2"`), and `node` in PATH.
Prints `ready` once it is about to listen. It does not prove: CloudFormation's own judgement of properties, what CloudFront
serves, that the HTTP API reaches its function, and that schedules fire.
"""

import os
import sys

os.environ.setdefault("AWS_ACCESS_KEY_ID", "test")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "test")
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

import atomicity
import aws_account
import bucket_regions
import calls
import change_sets
import comparisons
import control
import delete_markers
import dropped_settings
import functions
import mappings
import protection
import resource_order
import resource_types
import rights
import stack_deletion


def serve(port: int) -> None:
    calls.endpoint = f"http://127.0.0.1:{port}"
    parts = (atomicity, resource_types, resource_order, dropped_settings, change_sets, comparisons, delete_markers, functions, mappings)
    for part in (*parts, stack_deletion, protection, rights, bucket_regions, aws_account, control):
        part.install()
    from moto.server import main

    print("ready", flush=True)
    main(["-H", "127.0.0.1", "-p", str(port)])


if __name__ == "__main__":
    serve(int(sys.argv[1]))
