"""Calls of the emulator to itself, as any client makes them: so nothing depends on moto's inner signatures."""

import boto3
from botocore.config import Config

endpoint = ""


def client(service: str, region: str = "us-east-1"):
    config = Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"})
    return boto3.client(service, endpoint_url=endpoint, region_name=region, config=config)


def picked(properties: dict, *names: str) -> dict:
    return {name: properties[name] for name in names if name in properties}


def truth(value) -> bool:
    """CloudFormation templates hold booleans as such and as words."""
    return str(value).lower() == "true"
