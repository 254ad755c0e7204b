"""Resource types that moto's CloudFormation lacks, and an error for those that neither has.

A type is one line in `TYPES`: how it is made, changed and removed. `NAMED_ONLY` are kept by name: nothing here can
look into them.
"""

import json
import uuid

import moto.cloudformation.parsing as parsing
import moto.dynamodb.models as tables
import moto.events.models as events
import moto.s3.models as s3
import moto.sqs.models as queues
from moto.core.common_models import CloudFormationModel

import aws_account
import calls
from calls import client, picked


def resource_type(name: str, make, change=None, remove=None) -> type:
    """`make(id, properties, account, region)` and `change(old, properties, account, region)` answer id and attributes."""

    class Resource(CloudFormationModel):
        __module__ = "moto.crier.models"
        TYPE = name

        def __init__(self, pid: str, attributes: dict):
            self.pid, self.attributes, self.account_id = pid, attributes, "123456789012"

        @property
        def physical_resource_id(self):
            return self.pid

        @staticmethod
        def cloudformation_name_type():
            return None

        @staticmethod
        def cloudformation_type():
            return name

        @classmethod
        def has_cfn_attr(cls, attr):
            return True

        def get_cfn_attribute(self, attr):
            if attr in self.attributes:
                return self.attributes[attr]
            raise KeyError(f"{name}.{attr}")

        @classmethod
        def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
            properties = cloudformation_json.get("Properties") or {}
            return cls(*make(resource_name, properties, account_id, region_name))

        @classmethod
        def update_from_cloudformation_json(
            cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
        ):
            properties = cloudformation_json.get("Properties") or {}
            if change is None:
                return original_resource
            return cls(*change(original_resource, properties, account_id, region_name))

        @classmethod
        def delete_from_cloudformation_json(cls, *_, **__):
            pass

        def delete(self, account_id, region):
            if remove is not None:
                remove(self, region)

    Resource.__name__ = name.replace("::", "")
    return Resource


def bucket_policy(_name, properties, _account, region):
    client("s3", region).put_bucket_policy(Bucket=properties["Bucket"], Policy=json.dumps(properties["PolicyDocument"]))
    return properties["Bucket"], {}


def queue_policy(name, properties, _account, region):
    policy = json.dumps(properties["PolicyDocument"])
    for url in properties["Queues"]:
        client("sqs", region).set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return name, {}


def topic_policy(name, properties, _account, region):
    policy = json.dumps(properties["PolicyDocument"])
    for arn in properties["Topics"]:
        client("sns", region).set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    return name, {}


def subscription(_name, properties, _account, region):
    wanted = picked(properties, "TopicArn", "Protocol", "Endpoint")
    made = client("sns", region).subscribe(**wanted, ReturnSubscriptionArn=True)
    return made["SubscriptionArn"], {}


def alarm(name, properties, account, region):
    wanted = {key: value for key, value in properties.items() if key != "Tags"}
    wanted["AlarmName"] = properties.get("AlarmName") or name
    wanted.update({key: int(wanted[key]) for key in ("Period", "EvaluationPeriods", "DatapointsToAlarm") if key in wanted})
    wanted["Threshold"] = float(wanted.get("Threshold", 0))
    client("cloudwatch", region).put_metric_alarm(**wanted)
    return wanted["AlarmName"], {"Arn": f"arn:aws:cloudwatch:{region}:{account}:alarm:{wanted['AlarmName']}"}


def dashboard(name, properties, _account, region):
    wanted = properties.get("DashboardName") or name
    json.loads(properties["DashboardBody"])
    client("cloudwatch", region).put_dashboard(DashboardName=wanted, DashboardBody=properties["DashboardBody"])
    return wanted, {}


def budget(name, properties, account, region):
    wanted = {"BudgetName": name, **properties["Budget"]}
    notices = [
        {"Notification": one["Notification"], "Subscribers": one["Subscribers"]}
        for one in properties.get("NotificationsWithSubscribers", [])
    ]
    if "BudgetLimit" in wanted:
        limit = wanted["BudgetLimit"]
        wanted["BudgetLimit"] = {"Amount": str(limit["Amount"]), "Unit": limit["Unit"]}
    for one in notices:
        one["Notification"]["Threshold"] = float(one["Notification"]["Threshold"])
    client("budgets").create_budget(AccountId=account, Budget=wanted, NotificationsWithSubscribers=notices)
    return wanted["BudgetName"], {}


def http_api(_name, properties, _account, region):
    wanted = picked(properties, "Name", "ProtocolType", "Description", "CorsConfiguration", "DisableExecuteApiEndpoint")
    made = client("apigatewayv2", region).create_api(**wanted)
    own = f"https://{made['ApiId']}.execute-api.{region}.amazonaws.com"
    return made["ApiId"], {"ApiId": made["ApiId"], "ApiEndpoint": made.get("ApiEndpoint") or own}


def http_stage(_name, properties, _account, region):
    routes = {one["RouteKey"] for one in client("apigatewayv2", region).get_routes(ApiId=properties["ApiId"])["Items"]}
    for key in set(properties.get("RouteSettings") or {}) - routes:
        raise ValueError(f"Unable to find Route by key {key} within the provided RouteSettings")
    wanted = picked(properties, "ApiId", "StageName", "AutoDeploy")
    return client("apigatewayv2", region).create_stage(**wanted)["StageName"], {}


def integration(_name, properties, _account, region):
    return client("apigatewayv2", region).create_integration(**properties)["IntegrationId"], {}


def route(_name, properties, _account, region):
    wanted = picked(properties, "ApiId", "RouteKey", "Target", "AuthorizationType", "AuthorizerId")
    return client("apigatewayv2", region).create_route(**wanted)["RouteId"], {}


def authorizer(_name, properties, _account, region):
    kept = ("ApiId", "AuthorizerType", "IdentitySource", "Name", "AuthorizerUri", "AuthorizerPayloadFormatVersion")
    wanted = picked(properties, *kept)
    return client("apigatewayv2", region).create_authorizer(**wanted)["AuthorizerId"], {}


class GlobalTable(CloudFormationModel):
    """A table whose one replica has the settings that "AWS::DynamoDB::Table" has itself."""

    __module__ = "moto.crier.models"

    @staticmethod
    def cloudformation_name_type():
        return "TableName"

    @staticmethod
    def cloudformation_type():
        return "AWS::DynamoDB::GlobalTable"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **rest):
        properties = cloudformation_json["Properties"]
        replica, *others = properties["Replicas"]
        if others or replica["Region"] != region_name:
            raise ValueError(f"the emulator has tables with one replica, in {region_name}")
        wanted = {**cloudformation_json, "Properties": {**replica, **properties}}
        return tables.Table.create_from_cloudformation_json(resource_name, wanted, account_id, region_name, **rest)

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, **_):
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(cls, *args):
        tables.Table.delete_from_cloudformation_json(*args)


def several(values) -> dict:
    """CloudFront's way of writing a list."""
    return {"Quantity": len(values or []), **({"Items": values} if values else {})}


def origin(wanted: dict) -> dict:
    basic = {"Id": wanted["Id"], "DomainName": wanted["DomainName"]}
    custom = wanted.get("CustomOriginConfig")
    if custom is not None:
        protocol = custom.get("OriginProtocolPolicy", "https-only")
        return {**basic, "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": protocol}}
    access = picked(wanted, "OriginAccessControlId")
    return {**basic, **access, "S3OriginConfig": {"OriginAccessIdentity": ""}}


def behaviour(wanted: dict, origins: list) -> dict:
    if wanted["TargetOriginId"] not in [one["Id"] for one in origins]:
        raise ValueError(f"the behaviour {wanted.get('PathPattern', 'default')} names no origin: {wanted['TargetOriginId']}")
    return {
        **picked(wanted, "TargetOriginId", "ViewerProtocolPolicy", "PathPattern", "CachePolicyId", "ResponseHeadersPolicyId"),
        "Compress": bool(wanted.get("Compress")),
    }


def distribution(_name, properties, _account, _region):
    wanted = properties["DistributionConfig"]
    origins = wanted["Origins"]
    # Judged, and not handed on: moto keeps no path patterns.
    for one in wanted.get("CacheBehaviors", []):
        behaviour(one, origins)
    aws_account.check_verified()
    aws_account.check_aliases(wanted.get("Aliases") or [])
    made = client("cloudfront").create_distribution(
        DistributionConfig={
            "CallerReference": uuid.uuid4().hex,
            "Comment": wanted.get("Comment", ""),
            "Enabled": bool(wanted.get("Enabled", True)),
            "Aliases": several(wanted.get("Aliases")),
            "DefaultRootObject": wanted.get("DefaultRootObject", ""),
            "Origins": several([origin(one) for one in origins]),
            "DefaultCacheBehavior": behaviour(wanted["DefaultCacheBehavior"], origins),
        }
    )["Distribution"]
    return made["Id"], {"Id": made["Id"], "DistributionId": made["Id"], "DomainName": made["DomainName"]}


def origin_access(_name, properties, _account, _region):
    wanted = properties["OriginAccessControlConfig"]
    made = client("cloudfront").create_origin_access_control(OriginAccessControlConfig=wanted)["OriginAccessControl"]
    return made["Id"], {"Id": made["Id"]}


def known_by_name(name, _properties, account, _region):
    function = f"arn:aws:cloudfront::{account}:function/{name}"
    return name[-40:], {"Id": name, "Arn": f"arn:aws:named:::{name}", "FunctionARN": function, "FunctionMetadata.FunctionARN": function}


def again(make):
    """A change that is the same call once more, on what has the same name."""
    return lambda old, properties, account, region: (old.pid, make(old.pid, properties, account, region)[1])


def budget_again(old, properties, account, region):
    drop_budget(old, region)
    return old.pid, budget(old.pid, properties, account, region)[1]


def drop_budget(resource, _region):
    client("budgets").delete_budget(AccountId=resource.account_id, BudgetName=resource.pid)


TYPES = {
    "AWS::S3::BucketPolicy": (bucket_policy, again(bucket_policy)),
    "AWS::SQS::QueuePolicy": (queue_policy, again(queue_policy)),
    "AWS::SNS::TopicPolicy": (topic_policy, again(topic_policy)),
    "AWS::SNS::Subscription": (subscription, None, lambda one, r: client("sns", r).unsubscribe(SubscriptionArn=one.pid)),
    "AWS::CloudWatch::Alarm": (alarm, again(alarm), lambda one, r: client("cloudwatch", r).delete_alarms(AlarmNames=[one.pid])),
    "AWS::CloudWatch::Dashboard": (
        dashboard,
        again(dashboard),
        lambda one, r: client("cloudwatch", r).delete_dashboards(DashboardNames=[one.pid]),
    ),
    "AWS::Budgets::Budget": (budget, budget_again, drop_budget),
    "AWS::ApiGatewayV2::Api": (http_api, None, lambda one, r: client("apigatewayv2", r).delete_api(ApiId=one.pid)),
    "AWS::ApiGatewayV2::Stage": (http_stage,),
    "AWS::ApiGatewayV2::Authorizer": (authorizer,),
    "AWS::ApiGatewayV2::Integration": (integration,),
    "AWS::ApiGatewayV2::Route": (route,),
    "AWS::CloudFront::Distribution": (distribution,),
    "AWS::CloudFront::OriginAccessControl": (origin_access,),
}

NAMED_ONLY = (
    "AWS::CDK::Metadata",
    "AWS::CertificateManager::Certificate",
    "AWS::CloudFront::CachePolicy",
    "AWS::CloudFront::Function",
    "AWS::CloudFront::OriginRequestPolicy",
    "AWS::CloudFront::ResponseHeadersPolicy",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Logs::MetricFilter",
)


def install() -> None:
    known = {name: resource_type(name, *parts) for name, parts in TYPES.items()}
    known.update({name: resource_type(name, known_by_name) for name in NAMED_ONLY})
    known[GlobalTable.cloudformation_type()] = GlobalTable
    moto_knows = parsing.resource_class_from_type

    def strict(name: str):
        if name in known:
            return known[name]
        found = moto_knows(name)
        # moto leaves out what it does not know, and says CREATE_COMPLETE.
        if found is None:
            raise ValueError(f"resource type {name} is not supported: add it to test/deploy/emulator/resource_types.py")
        return found

    parsing.resource_class_from_type = strict
    # The SDK sends to the URL of a queue, whatever its endpoint is: so the URL has to lead here.
    queues.Queue.physical_resource_id = property(
        lambda queue: f"{calls.endpoint}/{queue.account_id}/{queue.name}"
    )
    # Ref of an event bus is its name.
    events.EventBus.physical_resource_id = property(lambda bus: bus.name)
    # moto ignores a policy's conditions, so that "deny without TLS" would deny everything.
    from moto.iam.access_control import PermissionResult

    s3.FakeBucket.get_permission = lambda bucket, action, resource: PermissionResult.NEUTRAL
