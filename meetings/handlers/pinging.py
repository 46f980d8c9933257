from typing import Any

from meetings.signalling.session import Session


async def ping(session: Session, data: dict[str, Any]) -> dict[str, Any]:
    """Somebody is there."""
    return {}
