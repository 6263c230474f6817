"""What schemathesis does not know of Moraine's bodies, and that nothing of what it makes up leaves this machine."""

import json
import os
from urllib.parse import urlsplit

import schemathesis

# An S3 server for the buckets of providers and imports, and a file for imports of URLs.
S3 = os.environ["MORAINE_FUZZ_S3"]
WEB = os.environ["MORAINE_FUZZ_WEB"]

# A version that is to stay open: what may be done with it ends with its commit.
OPEN = os.environ.get("MORAINE_FUZZ_OPEN")


@schemathesis.serializer("application/x-ndjson")
def ndjson(ctx, value):
    """One JSON value a line; what is no list is one line."""
    if isinstance(value, bytes):
        return value
    lines = value if isinstance(value, list) else [value]
    return "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines).encode()


@schemathesis.hook
def before_call(ctx, case, kwargs):
    if not isinstance(case.body, dict):
        return
    stay_here(case.body.get("config"), "endpoint", S3, without=True)
    stay_here(case.body.get("s3Config"), "endpoint", S3, without=True)
    source = case.body.get("source")
    stay_here(source, "url", WEB)
    stay_here(source, "endpoint", S3, without=isinstance(source, dict) and "provider" not in source)
    if OPEN and case.path_parameters.get("version") == OPEN:
        case.body.pop("isCommitted", None)


def stay_here(body, member, ours, without=False):
    """What leads elsewhere leads here; `without` says that an absent one leads to AWS."""
    if isinstance(body, dict):
        value = body.get(member)
        if leads_somewhere(value) or (without and not value):
            body[member] = ours


def leads_somewhere(value):
    try:
        return isinstance(value, str) and urlsplit(value.strip()).scheme.lower() in ("http", "https")
    except ValueError:
        return False
