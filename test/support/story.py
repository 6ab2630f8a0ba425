"""The stories of the source documents by boto3. Prints one JSON object: what each step answered.

usage: story.py ENDPOINT POLICY_DIRECTORY < credentials.json
"""

import json
import pathlib
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT, POLICIES = sys.argv[1], pathlib.Path(sys.argv[2])
ACCOUNT, REGION = "123456789012", "us-west-2"
CHANNELS = f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/"
CHANNEL, OWNED = CHANNELS + "VgNkEJgOVX9N", CHANNELS + "Ab1Cd2Ef3Gh4"
STREAMS = f"arn:aws:kinesisvideo:{REGION}:{ACCOUNT}:stream/"
CONFIG = Config(retries={"total_max_attempts": 1})

keys = json.load(sys.stdin)
answers = {}


def session(key):
    return boto3.Session(
        aws_access_key_id=key["accessKeyId"],
        aws_secret_access_key=key["secretAccessKey"],
        aws_session_token=key.get("sessionToken"),
        region_name=REGION,
    )


class Caller:
    """The clients of one signed-in caller."""

    def __init__(self, key):
        self._session = session(key)

    def __getattr__(self, service):
        client = self._session.client(service, endpoint_url=ENDPOINT, config=CONFIG)
        setattr(self, service, client)
        return client


def outcome(call, **parameters):
    """`ok`, or the code, status and message of the refusal."""
    try:
        call(**parameters)
        return "ok"
    except ClientError as error:
        response = error.response
        status = response["ResponseMetadata"]["HTTPStatusCode"]
        return [response["Error"]["Code"], status, response["Error"]["Message"]]


def code(call, **parameters):
    """The first part of `outcome`."""
    result = outcome(call, **parameters)
    return result if result == "ok" else result[0]


def document(name):
    return (POLICIES / f"{name}.json").read_text()


def new_user(admin, name):
    admin.iam.create_user(UserName=name)
    key = admin.iam.create_access_key(UserName=name)["AccessKey"]
    return Caller({"accessKeyId": key["AccessKeyId"], "secretAccessKey": key["SecretAccessKey"]})


def user_with(admin, name, policy):
    user = new_user(admin, name)
    admin.iam.put_user_policy(UserName=name, PolicyName="only", PolicyDocument=document(policy))
    return user


def administrators(root):
    root.iam.create_group(GroupName="Admins")
    root.iam.attach_group_policy(GroupName="Admins", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    admin = new_user(root, "ana")
    answers["before the group"] = code(admin.iam.list_users)
    root.iam.add_user_to_group(GroupName="Admins", UserName="ana")
    answers["after the group"] = code(admin.iam.list_users)
    return admin


def documents(admin):
    """All nine, and whether each comes back as it went in."""
    arns, answers["unchanged"] = {}, {}
    for file in sorted(POLICIES.glob("*.json")):
        text = file.read_text()
        policy = admin.iam.create_policy(PolicyName=file.stem, PolicyDocument=text)["Policy"]
        version = admin.iam.get_policy_version(PolicyArn=policy["Arn"], VersionId="v1")["PolicyVersion"]
        answers["unchanged"][file.stem] = version["Document"] == json.loads(text)
        arns[file.stem] = policy["Arn"]
    return arns


def channel(admin, arns):
    admin.iam.detach_user_policy(UserName="mateojackson", PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/AccessIvsChannel")
    mateo = Caller(keys["mateojackson"])
    answers["refused"] = outcome(mateo.ivs.get_channel, arn=CHANNEL)
    admin.iam.attach_user_policy(UserName="mateojackson", PolicyArn=arns["ivs-access-channel"])
    answers["channel"] = {
        "GetChannel": code(mateo.ivs.get_channel, arn=CHANNEL),
        "ListChannels": code(mateo.ivs.list_channels),
        "GetStream": code(mateo.ivs.get_stream, channelArn=CHANNEL),
        "StopStream": code(mateo.ivs.stop_stream, channelArn=CHANNEL),
        "PutMetadata": code(mateo.ivs.put_metadata, channelArn=CHANNEL, metadata="hello"),
        "UpdateChannel": code(mateo.ivs.update_channel, arn=CHANNEL, name="renamed"),
        "other GetChannel": code(mateo.ivs.get_channel, arn=OWNED),
        "other StopStream": code(mateo.ivs.stop_stream, channelArn=OWNED),
        "other PutMetadata": code(mateo.ivs.put_metadata, channelArn=OWNED, metadata="hello"),
        "DeleteChannel": code(mateo.ivs.delete_channel, arn=CHANNEL),
        "CreateChannel": code(mateo.ivs.create_channel),
        "TagResource": code(mateo.ivs.tag_resource, resourceArn=CHANNEL, tags={"a": "b"}),
    }


def owners(admin):
    """The tags a channel has, and what richard-roe's GetChannel answers."""
    richard = Caller(keys["richardRoe"])
    answers["owner"] = {"other channel": code(richard.ivs.get_channel, arn=CHANNEL)}
    for tag in ("Owner=richard-roe", "owner=richard-roe", "Owner=Richard-Roe", "OwnerName=richard-roe"):
        present = admin.ivs.list_tags_for_resource(resourceArn=OWNED)["tags"]
        if present:
            admin.ivs.untag_resource(resourceArn=OWNED, tagKeys=list(present))
        name, value = tag.split("=")
        admin.ivs.tag_resource(resourceArn=OWNED, tags={name: value})
        answers["owner"][tag] = code(richard.ivs.get_channel, arn=OWNED)


def cross_account(admin, arns):
    """The four steps of the document, by a role of this test's own and a user of the other account."""
    partner_root = Caller(keys["partnerRoot"])
    other = partner_root.sts.get_caller_identity()["Account"]
    visitor = new_user(partner_root, "visitor")
    role = f"arn:aws:iam::{ACCOUNT}:role/Visit"

    def assume(arn=role):
        return visitor.sts.assume_role(RoleArn=arn, RoleSessionName="visit")["Credentials"]

    steps = {"account": other, "no role": code(assume)}
    trust = {"Effect": "Allow", "Principal": {"AWS": other}, "Action": "sts:AssumeRole"}
    admin.iam.create_role(
        RoleName="Visit", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": trust})
    )
    admin.iam.attach_role_policy(RoleName="Visit", PolicyArn=arns["kinesisvideo-read-any-stream"])
    steps["no step 4"] = code(assume)
    own = partner_root.iam.create_policy(
        PolicyName="Visit",
        PolicyDocument=document("kinesisvideo-cross-account-assume-role").replace("CustomRole", "Visit"),
    )["Policy"]["Arn"]
    partner_root.iam.attach_user_policy(UserName="visitor", PolicyArn=own)
    steps["another role"] = code(assume, arn=f"arn:aws:iam::{ACCOUNT}:role/CustomRole")
    credentials = assume()
    guest = Caller(
        {
            "accessKeyId": credentials["AccessKeyId"],
            "secretAccessKey": credentials["SecretAccessKey"],
            "sessionToken": credentials["SessionToken"],
        }
    )
    steps["caller"] = guest.sts.get_caller_identity()["Arn"]
    steps["DescribeStream"] = guest.kinesisvideo.describe_stream(StreamName="my-stream")["StreamInfo"]["StreamARN"]
    steps["DeleteStream"] = code(guest.kinesisvideo.delete_stream, StreamARN=STREAMS + "my-stream/0123456789012")
    steps["partner's own"] = code(visitor.kinesisvideo.list_streams)
    answers["cross account"] = steps


def kinesis_video(admin):
    """Five users, each with one of the policies, and what each operation answers them."""
    stream, mine = STREAMS + "my-stream/0123456789012", STREAMS + "your_stream/0123456789012"
    table = {}
    for policy in sorted(file.stem for file in POLICIES.glob("kinesisvideo-*.json")):
        user = user_with(admin, policy, policy).kinesisvideo
        table[policy] = {
            "DescribeStream": code(user.describe_stream, StreamARN=stream),
            "GetDataEndpoint": code(user.get_data_endpoint, StreamARN=stream, APIName="GET_MEDIA"),
            "ListStreams": code(user.list_streams),
            "ListTagsForStream": code(user.list_tags_for_stream, StreamARN=stream),
            "CreateStream": code(user.create_stream, StreamName=policy),
            "TagStream": code(user.tag_stream, StreamARN=stream, Tags={"a": "b"}),
            "own GetDataEndpoint": code(user.get_data_endpoint, StreamARN=mine, APIName="PUT_MEDIA"),
        }
    full = Caller(keys["admin"])
    user = user_with(admin, "cameras", "kinesisvideo-full-access")
    table["other service"] = [code(user.ivs.list_channels), code(user.iam.list_users)]
    table["administrator"] = code(full.kinesisvideo.list_streams)
    answers["kinesis video"] = table


def view_own(admin):
    user = user_with(admin, "self", "ivs-view-own-permissions")
    answers["own permissions"] = {
        "GetUser": outcome(user.iam.get_user, UserName="self"),
        "ListUserPolicies": code(user.iam.list_user_policies, UserName="self"),
        "ListUsers": code(user.iam.list_users),
        "other ListUserPolicies": code(user.iam.list_user_policies, UserName="ana"),
    }


def presigned(admin):
    """The same decision for a request whose signature stands in its query."""
    from urllib.error import HTTPError
    from urllib.request import urlopen

    def status(caller):
        try:
            return urlopen(caller.sts.generate_presigned_url("get_caller_identity", HttpMethod="GET")).status
        except HTTPError as error:
            return error.code

    wrong = Caller({**keys["mateojackson"], "secretAccessKey": "x" * 40})
    answers["presigned"] = [status(admin), status(wrong)]


admin = administrators(Caller(keys["root"]))
arns = documents(admin)
channel(admin, arns)
owners(admin)
cross_account(admin, arns)
kinesis_video(admin)
view_own(admin)
presigned(admin)
json.dump(answers, sys.stdout)
