"""The API, asked by somebody who has no window open, beside people with sockets."""

from __future__ import annotations

import json
from typing import Any

from django.test import AsyncClient

from meetings.models import Meeting
from tests.meetings.conftest import Someone

Json = dict[str, Any]


class Caller:
    """Somebody's session at the API's paths of one meeting."""

    def __init__(self, who: Someone, meeting: Meeting) -> None:
        self._client = AsyncClient()
        self._client.cookies["sessionid"] = who.session_key
        self._at = f"/api/meetings/{meeting.code}/"

    async def answer(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """The status and what is answered; headers are written with underscores."""
        response = await self._client.generic(
            method,
            f"{self._at}{path}",
            "" if body is None else json.dumps(body),
            "application/json",
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )
        return response.status_code, response.json() if response.content else None

    async def ask(self, method: str, path: str, body: Any = None, *, status: int = 200, **headers: str) -> Any:
        """What is answered with this status."""
        answered, told = await self.answer(method, path, body, **headers)
        assert answered == status, told
        return told

    async def refusal(self, method: str, path: str, body: Any = None, *, status: int) -> str:
        """The code with which this is refused."""
        return str((await self.ask(method, path, body, status=status))["code"])
