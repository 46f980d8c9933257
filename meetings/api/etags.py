"""Versions of what was answered, by which a client asks only for what is new, and changes only what it knows."""

import json
from hashlib import sha256
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from rest_framework.request import Request

from meetings.api.bodies import CHANGE
from meetings.protocol.codes import Refusal

_PASSCODE: Final = "hasPasscode"


def tag_of(content: Any) -> str:
    """The ETag of an answer: what can be changed about it, and all of it, so that people who come and go do not keep
    a host from changing the title.
    """
    settings = {}
    if isinstance(content, dict):
        settings = {name: content[name] for name in (*CHANGE.fields, _PASSCODE) if name in content}
    return f'"{_digest(settings)}-{_digest(content)}"'


def is_known(request: Request, tag: str) -> bool:
    """Whether whoever asks has this version already (`If-None-Match`)."""
    known = _listed(request.headers.get("If-None-Match", ""))
    return "*" in known or tag in known


def demand_known(request: Request, content: Any) -> None:
    """Raise Refusal CHANGED_MEANWHILE where `If-Match` names another version of what can be changed."""
    if "If-Match" not in request.headers:
        return
    known = _listed(request.headers["If-Match"])
    settings = tag_of(content).partition("-")[0]
    if "*" not in known and settings not in {tag.partition("-")[0] for tag in known}:
        raise Refusal("CHANGED_MEANWHILE", "Somebody else has changed it; look at it again first.")


def _listed(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


def _digest(content: Any) -> str:
    text = json.dumps(content, cls=DjangoJSONEncoder, sort_keys=True)
    return sha256(text.encode()).hexdigest()[:16]
