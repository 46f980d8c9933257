"""The STUN and TURN servers that a participant is told, with credentials of their own for the TURN servers.

The credentials follow coturn's `use-auth-secret` (the TURN REST API, draft-uberti-behave-turn-rest-00): a user
name that says until when it is good, and its HMAC under a secret that only we and the TURN server know.
"""

import base64
import hashlib
import hmac
import time
from typing import Any
from uuid import UUID

from django.conf import settings

Json = dict[str, Any]


def ice_servers(participant_id: UUID) -> list[Json]:
    """`iceServers` for this participant: ICE_SERVERS as they stand, then TURN_URLS with credentials for TURN_TTL
    seconds from now.
    """
    servers: list[Json] = list(settings.ICE_SERVERS)
    if settings.TURN_URLS and settings.TURN_SECRET:
        servers.append({"urls": list(settings.TURN_URLS), **turn_credentials(str(participant_id))})
    return servers


def turn_credentials(name: str) -> Json:
    """`{username, credential}`. `name` is what the TURN server's log calls its user."""
    username = f"{int(time.time()) + settings.TURN_TTL}:{name}"
    digest = hmac.new(settings.TURN_SECRET.encode(), username.encode(), hashlib.sha1).digest()
    return {"username": username, "credential": base64.b64encode(digest).decode()}
