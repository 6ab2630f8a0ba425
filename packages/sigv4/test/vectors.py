"""Writes vectors.json: requests signed by botocore, the signer of the AWS CLI and boto3.

Run by hand when a case is added (`python3 packages/sigv4/test/vectors.py`); needs botocore. The tests read only the
JSON. Each vector is a request as a server receives it, with the canonical request and string to sign behind it.
"""

import datetime
import json
import pathlib
from urllib.parse import urlsplit

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

INSTANT = datetime.datetime(2015, 8, 30, 12, 36, 0)
KEY = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
HOST = "https://example.amazonaws.com"
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
TOKEN = "FwoGZXIvYXdzEBYaDK/pl+us==/" + "abc+/" * 20

# name, method, path and query, headers, body
CASES = [
    ("plain GET", "GET", "/", {}, ""),
    ("plain POST", "POST", "/", {}, ""),
    ("header names in any case", "GET", "/", {"My-HEADER1": "value1", "zOO": "zoobar"}, ""),
    ("header values trimmed and their spaces collapsed", "GET", "/", {"My-Header1": "  value1 ", "My-Header2": '"a   b   c"'}, ""),
    ("tab inside a header value", "GET", "/", {"My-Header1": "a\tb"}, ""),
    ("empty header value", "GET", "/", {"My-Header1": ""}, ""),
    ("header values with commas and colons", "GET", "/", {"My-Header1": "a, b:c ,d"}, ""),
    ("form body", "POST", "/", FORM, "Action=GetUser&Version=2010-05-08&UserName=mateojackson"),
    ("form body with escapes", "POST", "/", FORM, "Param1=value%201&Param2=%E1%88%B4"),
    ("JSON body", "POST", "/GetChannel", {"Content-Type": "application/json"}, '{"arn":"arn:aws:ivs:us-west-2:123456789012:channel/VgNkEJgOVX9N"}'),
    ("body beyond ASCII", "POST", "/CreateChannel", {"Content-Type": "application/json"}, '{"name":"\u1234 \U0001f600"}'),
    ("parent segments", "GET", "/example1/example2/../..", {}, ""),
    ("parent segment inside", "GET", "/example1/../example2", {}, ""),
    ("dot segments", "GET", "/./example/./", {}, ""),
    ("repeated slashes", "GET", "//example//", {}, ""),
    ("closing slash", "GET", "/example/", {}, ""),
    ("unreserved path", "GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", {}, ""),
    ("escaped space in the path", "GET", "/example%20space/", {}, ""),
    ("escaped text beyond ASCII in the path", "GET", "/%E1%88%B4", {}, ""),
    ("escaped ARN in the path", "GET", "/tags/arn%3Aaws%3Aivs%3Aus-west-2%3A123456789012%3Achannel%2FVgNkEJgOVX9N", {}, ""),
    ("raw ARN in the path", "GET", "/tags/arn:aws:ivs:us-west-2:123456789012:channel/VgNkEJgOVX9N", {}, ""),
    ("raw sub-delimiters in the path", "GET", "/a!$&'()*+,;=:@b", {}, ""),
    ("query in order", "GET", "/?Param1=value1&Param2=value2", {}, ""),
    ("query out of order", "GET", "/?Param2=value2&Param1=value1", {}, ""),
    ("query ordered by value", "GET", "/?Param1=value2&Param1=value1&Param1=Value1", {}, ""),
    ("query ordered by case", "GET", "/?b=1&B=2&a=3&A=4", {}, ""),
    ("names that are prefixes of others", "GET", "/?a-b=1&a=2&a.b=3", {}, ""),
    ("query names ordered encoded", "GET", "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1", {}, ""),
    ("name without a value", "GET", "/?tagKeys=&a=1", {}, ""),
    ("escaped reserved characters in the query", "GET", "/?tagKeys=a%26b%3Dc%2Fd%2Be%20f", {}, ""),
    ("unreserved query", "GET", "/?-._~09AZaz=-._~09AZaz", {}, ""),
    ("DELETE with a repeated parameter", "DELETE", "/tags/x?tagKeys=Owner&tagKeys=CostCenter", {}, ""),
    ("host with a port", "GET", "/", {"Host": "127.0.0.1:4577"}, ""),
]


def signed(name, signer, case, form):
    _, method, target, headers, body = case
    request = AWSRequest(method=method, url=HOST + target, headers=dict(headers), data=body.encode())
    trace = {}
    remember(signer, trace)
    signer.add_auth(request)
    parts = urlsplit(request.url)
    sent = [("Host", urlsplit(HOST).netloc)] if "Host" not in request.headers else []
    sent += [(key, value) for key, value in request.headers.items()]
    return {
        "name": name,
        "form": form,
        "service": signer._service_name,
        "method": method,
        "target": (parts.path or "/") + ("?" + parts.query if parts.query else ""),
        "rawHeaders": [text for pair in sent for text in pair],
        "body": body,
        **trace,
    }


def remember(signer, trace):
    canonical, to_sign = signer.canonical_request, signer.string_to_sign

    def keep_canonical(request):
        trace["canonicalRequest"] = canonical(request)
        return trace["canonicalRequest"]

    def keep_string(request, text):
        trace["stringToSign"] = to_sign(request, text)
        return trace["stringToSign"]

    signer.canonical_request, signer.string_to_sign = keep_canonical, keep_string


def signers(case):
    """One vector per form that suits the case; S3 signs paths and payloads its own way."""
    plain, session = Credentials(*KEY), Credentials(*KEY, TOKEN)
    name, headers = case[0], case[3]
    region = "us-east-1"
    yield name, botocore.auth.SigV4Auth(plain, "service", region), "header"
    yield name + ", session", botocore.auth.SigV4Auth(session, "service", region), "header"
    yield name + ", S3", botocore.auth.S3SigV4Auth(session, "s3", region), "header"
    if case[1] == "GET" and "Host" not in headers:
        yield name + ", presigned", botocore.auth.SigV4QueryAuth(plain, "service", region, expires=60), "query"
        yield name + ", presigned, session", botocore.auth.SigV4QueryAuth(session, "service", region, expires=60), "query"
        yield name + ", presigned, S3", botocore.auth.S3SigV4QueryAuth(plain, "s3", region, expires=600), "query"


def main():
    botocore.auth.get_current_datetime = lambda: INSTANT
    # A second Host header would be a different request.
    vectors = [signed(name, signer, case, form) for case in CASES for name, signer, form in signers(case)]
    out = pathlib.Path(__file__).with_name("vectors.json")
    lines = ",\n".join(json.dumps(vector, ensure_ascii=True) for vector in vectors)
    out.write_text("[\n" + lines + "\n]\n")
    print(len(vectors), "vectors")


main()
