"""Signatures by which a receiver knows that it was us, and when."""

import hmac
from collections.abc import Iterable
from typing import Final

ID: Final = "KCS-Webhook-Id"
EVENT: Final = "KCS-Webhook-Event"
TIMESTAMP: Final = "KCS-Webhook-Timestamp"
SIGNATURE: Final = "KCS-Webhook-Signature"


def sign(secrets: Iterable[str], timestamp: int, body: bytes) -> str:
    """The header: for each secret `v1=` and the HMAC-SHA256, in hexadecimal, of `<timestamp>.<body>`, with commas."""
    told = f"{timestamp}.".encode() + body
    return ",".join(f"v1={hmac.new(secret.encode(), told, 'sha256').hexdigest()}" for secret in secrets)
