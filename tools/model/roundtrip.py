"""Round trip of every operation against botocore: `npm run build && python3 tools/model/roundtrip.py [rounds]`.

botocore writes random inputs, the wire reads them; the wire renders random outputs and errors, botocore
reads them. Prints what differed and exits with 1, or prints the counts. Needs the pinned botocore.
"""

import base64
import datetime
import io
import json
import os
import random
import subprocess
import sys
from urllib.parse import quote, unquote

import botocore.session
from botocore import parsers, serialize
from botocore.awsrequest import HeadersDict, prepare_request_dict

HERE = os.path.dirname(os.path.abspath(__file__))
SERVICES = [name for name in json.load(open(os.path.join(HERE, "services.json"))) if name != "iam-toolbox"]
PIECES = ["a", "Z", "7", " ", "+", "%", "&", "=", "/", ":", "<b>", '"', "'", "\\", "]]>", "é", "あ", "😀", "%20", "#", "?", ";", "~", "*"]
ENCODED = {"AssumeRolePolicyDocument", "Document", "PolicyDocument"}
ARN_TYPES = {"ivs": "channel", "ivs-realtime": "stage", "ivschat": "room"}


class Bridge:
    """The node process at the other end."""

    def __init__(self):
        command = ["node", os.path.join(HERE, "bridge.mjs")]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def pack(value):
    if isinstance(value, datetime.datetime):
        return {"$date": round(value.timestamp() * 1000)}
    if isinstance(value, (bytes, bytearray)):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {key: pack(held) for key, held in value.items()}
    return [pack(item) for item in value] if isinstance(value, list) else value


def text(chance, at_least=0):
    made = "".join(chance.choice(PIECES) for _ in range(at_least + chance.randrange(8)))
    return made + "x" if made.isspace() else made


def scalar(shape, chance, at_least=0):
    kind = shape.type_name
    if getattr(shape, "enum", None):
        return chance.choice(shape.enum)
    if kind == "boolean":
        return chance.random() < 0.5
    if kind in ("integer", "long"):
        return chance.randrange(-(2**31), 2**31)
    if kind in ("float", "double"):
        return chance.randrange(1000) / 8
    if kind == "timestamp":
        return datetime.datetime.fromtimestamp(1_700_000_000 + chance.randrange(10**8), datetime.timezone.utc)
    if kind == "blob":
        return bytes(chance.randrange(256) for _ in range(chance.randrange(20)))
    return text(chance, at_least)


def value_of(shape, chance):
    if shape.type_name == "structure":
        return structure(shape, chance)
    if shape.type_name == "list":
        at_least = 1 if shape.metadata.get("min") else 0
        return [value_of(shape.member, chance) for _ in range(at_least + chance.randrange(3))]
    if shape.type_name == "map":
        return {scalar(shape.key, chance, 1): value_of(shape.value, chance) for _ in range(chance.randrange(4))}
    return scalar(shape, chance)


def member_of(member, chance):
    location = member.serialization.get("location")
    if location == "header":
        return f"h{chance.randrange(1000)}"
    if location in ("uri", "querystring") and member.type_name == "string":
        return text(chance, 1)
    if location == "querystring" and member.type_name == "list":
        return [text(chance, 1), text(chance, 1)]
    return value_of(member, chance)


def structure(shape, chance):
    if shape is None:
        return {}
    payload = shape.serialization.get("payload")
    names = list(shape.members)
    if getattr(shape, "is_tagged_union", False):
        names = [chance.choice(names)]
    wanted = [n for n in names if n in shape.required_members or payload or len(names) == 1 or chance.random() < 0.7]
    out = {name: member_of(shape.members[name], chance) for name in wanted or names[:1]}
    return out


def send(model, operation, params):
    """The request that botocore would put on the wire."""
    serializer = serialize.create_serializer(model.metadata["protocol"], include_validation=False)
    request = serializer.serialize_to_request(params, operation)
    prepare_request_dict(request, endpoint_url="http://localhost:4577", context={})
    path, _, query = request["url"].removeprefix("http://localhost:4577").partition("?")
    line = {
        "method": request["method"],
        "path": path,
        "query": query,
        "host": "localhost:4577",
        "scopeService": model.signing_name,
        "contentType": request["headers"].get("Content-Type"),
    }
    body = request["body"]
    if isinstance(body, dict):
        body = "&".join(f"{quote(k, safe='-._~')}={quote(str(v), safe='-._~')}" for k, v in body.items())
    body = body.encode() if isinstance(body, str) else body or b""
    return {"line": line, "body": base64.b64encode(body).decode()}


def receive(model, shape, answer):
    body = base64.b64decode(answer["body"])
    headers = HeadersDict(answer["headers"])
    response = {"status_code": answer["status"], "headers": headers, "body": body, "context": {}}
    if shape is not None and shape.serialization.get("payload") and answer["status"] < 300:
        response["body"] = io.BytesIO(body)
    return parsers.create_parser(model.metadata["protocol"]).parse(response, shape)


def without_metadata(parsed):
    return {key: held for key, held in parsed.items() if key != "ResponseMetadata"}


def plain(value):
    return {k: plain(v) for k, v in value.items()} if isinstance(value, dict) else (
        value.read() if hasattr(value, "read") else [plain(v) for v in value] if isinstance(value, list) else value
    )


def decoded(value):
    """Policy documents arrive URL-encoded."""
    if isinstance(value, dict):
        return {key: unquote(held) if key in ENCODED else decoded(held) for key, held in value.items()}
    return [decoded(item) for item in value] if isinstance(value, list) else value


def run(rounds):
    session = botocore.session.get_session()
    bridge = Bridge()
    counts = {"operations": 0, "inputs": 0, "outputs": 0, "errors": 0}
    problems = []
    for name in SERVICES:
        model = session.get_service_model(name)
        for operation_name in model.operation_names:
            operation = model.operation_model(operation_name)
            counts["operations"] += 1
            chance = random.Random(f"{name} {operation_name}")
            for _ in range(rounds):
                check_input(bridge, name, model, operation, chance, counts, problems)
                check_output(bridge, name, model, operation, chance, counts, problems)
            check_errors(bridge, name, model, operation, counts, problems)
    return counts, problems


def check_input(bridge, name, model, operation, chance, counts, problems):
    params = structure(operation.input_shape, chance)
    if "resourceArn" in params and name in ARN_TYPES:
        params["resourceArn"] = f"arn:aws:{model.signing_name}:us-west-2:123456789012:{ARN_TYPES[name]}/abc"
    found = bridge.ask(task="read", **send(model, operation, params))
    expected = {"service": name, "operation": operation.name, "input": pack(params)}
    counts["inputs"] += 1
    if found != expected:
        problems.append(f"{name} {operation.name} input\n  sent {expected}\n  read {found}")


def check_output(bridge, name, model, operation, chance, counts, problems):
    shape = operation.output_shape
    sent = structure(shape, chance)
    answer = bridge.ask(task="write", service=name, operation=operation.name, output=pack(sent))
    if answer["status"] == 204:
        sent = {key: held for key, held in sent.items() if shape.members[key].serialization.get("location") == "header"}
    seen = plain(without_metadata(receive(model, shape, answer)))
    counts["outputs"] += 1
    if (decoded(seen) if name == "iam" else seen) != sent:
        problems.append(f"{name} {operation.name} output\n  sent {sent}\n  read {seen}")


def check_errors(bridge, name, model, operation, counts, problems):
    for shape in operation.error_shapes:
        code, message = shape.error_code, f'refused <{shape.error_code}> & "why"'
        answer = bridge.ask(task="refuse", service=name, operation=operation.name, error={"code": code, "message": message})
        error = receive(model, operation.output_shape, answer).get("Error", {})
        counts["errors"] += 1
        if (error.get("Code"), error.get("Message")) != (code, message):
            problems.append(f"{name} {operation.name} error {code}: read {error}")


if __name__ == "__main__":
    counts, problems = run(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
    print("\n".join(problems[:20]))
    print(f"{counts}, {len(problems)} differences")
    sys.exit(1 if problems else 0)
