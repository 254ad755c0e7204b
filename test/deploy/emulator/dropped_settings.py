"""What moto's CloudFormation drops of a template: settings are made by the API afterwards, a changed topic is kept."""

import uuid

import moto.awslambda.models as functions
import moto.dynamodb.models as tables
import moto.logs.models as logs
import moto.s3.models as s3
import moto.sns.models as topics
import moto.ssm.models as parameters

from calls import client, truth


def after(owner: type, setting) -> None:
    made = owner.create_from_cloudformation_json.__func__

    def create(cls, resource_name, cloudformation_json, account_id, region_name, **rest):
        resource = made(cls, resource_name, cloudformation_json, account_id, region_name, **rest)
        setting(resource, cloudformation_json.get("Properties") or {}, region_name)
        return resource

    owner.create_from_cloudformation_json = classmethod(create)


def notification(wanted: dict, arn: str, key: str) -> dict:
    rules = ((wanted.get("Filter") or {}).get("S3Key") or {}).get("Rules") or []
    named = [{"Name": rule["Name"].lower(), "Value": rule["Value"]} for rule in rules]
    return {arn: wanted[key], "Events": [wanted["Event"]], **({"Filter": {"Key": {"FilterRules": named}}} if named else {})}


def lifecycle(wanted: dict) -> dict:
    rule = {"ID": wanted.get("Id", uuid.uuid4().hex), "Status": wanted["Status"], "Filter": {"Prefix": wanted.get("Prefix", "")}}
    if wanted.get("ExpirationInDays"):
        rule["Expiration"] = {"Days": int(wanted["ExpirationInDays"])}
    if wanted.get("NoncurrentVersionExpiration"):
        rule["NoncurrentVersionExpiration"] = {"NoncurrentDays": int(wanted["NoncurrentVersionExpiration"]["NoncurrentDays"])}
    if wanted.get("AbortIncompleteMultipartUpload"):
        days = int(wanted["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"])
        rule["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": days}
    return rule


def bucket_settings(bucket, properties: dict, region: str) -> None:
    calls = client("s3", region)
    blocked = properties.get("PublicAccessBlockConfiguration")
    if blocked:
        wanted = {key: truth(value) for key, value in blocked.items()}
        calls.put_public_access_block(Bucket=bucket.name, PublicAccessBlockConfiguration=wanted)
    if properties.get("VersioningConfiguration"):
        calls.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration=properties["VersioningConfiguration"])
    notices = properties.get("NotificationConfiguration") or {}
    wanted = {
        "QueueConfigurations": [notification(one, "QueueArn", "Queue") for one in notices.get("QueueConfigurations", [])],
        "LambdaFunctionConfigurations": [
            notification(one, "LambdaFunctionArn", "Function") for one in notices.get("LambdaConfigurations", [])
        ],
    }
    given = {key: value for key, value in wanted.items() if value}
    if given:
        calls.put_bucket_notification_configuration(Bucket=bucket.name, NotificationConfiguration=given)
    rules = (properties.get("LifecycleConfiguration") or {}).get("Rules")
    if rules:
        configuration = {"Rules": [lifecycle(rule) for rule in rules]}
        calls.put_bucket_lifecycle_configuration(Bucket=bucket.name, LifecycleConfiguration=configuration)


def table_settings(table, properties: dict, region: str) -> None:
    calls = client("dynamodb", region)
    name = table.physical_resource_id
    expiry = properties.get("TimeToLiveSpecification")
    if expiry:
        wanted = {"Enabled": truth(expiry["Enabled"]), "AttributeName": expiry["AttributeName"]}
        calls.update_time_to_live(TableName=name, TimeToLiveSpecification=wanted)
    if (properties.get("PointInTimeRecoverySpecification") or {}).get("PointInTimeRecoveryEnabled"):
        wanted = {"PointInTimeRecoveryEnabled": True}
        calls.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=wanted)


def function_settings(function, properties: dict, _region: str) -> None:
    group = (properties.get("LoggingConfig") or {}).get("LogGroup")
    if group:
        function.logs_group_name = group
    function.tracing_config = properties.get("TracingConfig") or function.tracing_config


def kept_topic(_cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
    """moto makes a new topic of every change, and every one who listened is lost."""
    return original_resource


def log_group_attribute(group, name: str):
    """`Fn::GetAtt` of a log group has its streams, too ("AWS::Logs::LogGroup", Return values)."""
    if name != "Arn":
        raise KeyError(f"AWS::Logs::LogGroup.{name}")
    return f"{group.arn.removesuffix(':*')}:*"


def with_listed_tags() -> None:
    """A template has the tags of a parameter as a map, and moto reads a list."""
    made = parameters.Parameter.create_from_cloudformation_json.__func__

    def create(cls, resource_name, cloudformation_json, account_id, region_name, **rest):
        properties = cloudformation_json["Properties"]
        tags = [{"Key": key, "Value": value} for key, value in properties.get("Tags", {}).items()]
        wanted = {**cloudformation_json, "Properties": {**properties, "Tags": tags}}
        return made(cls, resource_name, wanted, account_id, region_name, **rest)

    parameters.Parameter.create_from_cloudformation_json = classmethod(create)


def install() -> None:
    logs.LogGroup.get_cfn_attribute = log_group_attribute
    with_listed_tags()
    topics.Topic.update_from_cloudformation_json = classmethod(kept_topic)
    after(functions.LambdaFunction, function_settings)
    after(s3.FakeBucket, bucket_settings)
    after(tables.Table, table_settings)
