"""Knowing that it was the site that told a webhook something."""

import hmac
import json
import time
from collections.abc import Mapping
from typing import Any


class NotGenuine(Exception):
    """It was not signed with the webhook's secret, or too long ago."""


def verify(secret: str, headers: Mapping[str, str], body: bytes, *, tolerance: float = 300.0) -> dict[str, Any]:
    """What a webhook is told, if it is genuine and not older than `tolerance` seconds. Raises NotGenuine.

    `body` is what came, byte by byte. The same `id` may come more than once: what has been dealt with needs no more.
    """
    told = {name.lower(): value for name, value in headers.items()}
    timestamp = told.get("kcs-webhook-timestamp", "")
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > tolerance:
        raise NotGenuine("It was not sent just now.")
    expected = hmac.new(secret.encode(), timestamp.encode() + b"." + body, "sha256").hexdigest()
    # While the secret changes there are two.
    signatures = [one.strip().removeprefix("v1=") for one in told.get("kcs-webhook-signature", "").split(",")]
    if not any(hmac.compare_digest(expected.encode(), one.encode()) for one in signatures):
        raise NotGenuine("It is not signed with this secret.")
    payload: dict[str, Any] = json.loads(body)
    return payload
