"""The site's REST door: making meetings, looking at them, getting a ticket."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, urlopen

from meetings.bot.errors import SiteRefused

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class JoinTicket:
    """Permission to open one signalling socket.

    `socket_url` is absolute and carries the ticket; `meeting_id` is what `join-meeting` wants.
    """

    meeting_id: str
    socket_url: str


class Site:
    """One KCS Meet installation, by its base address (`http://localhost:8000`)."""

    def __init__(self, base_url: str, *, timeout: float = 15.0) -> None:
        self.base_url = base_url.rstrip("/")
        self._timeout = timeout

    @property
    def origin(self) -> str:
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    async def create_meeting(self, title: str, *, capacity: int | None = None) -> JsonObject:
        """`{id, title, code, join_url, host_ticket}`. Raises SiteRefused where anonymous hosts are not allowed."""
        size = {} if capacity is None else {"capacity": capacity}
        return await self._call("POST", "/api/meetings/", {"title": title, **size})

    async def describe(self, meeting: str) -> JsonObject:
        """`{id, code, title, state, participants, capacity}` of a meeting given by id or code."""
        return await self._call("GET", f"/api/meetings/{quote(meeting)}/")

    async def health(self, *, deep: bool = False) -> JsonObject:
        """The media health, also when its status is 503; `deep` with what the latest probe found."""
        try:
            return await self._call("GET", "/api/meetings/health/webrtc" + ("?deep=1" if deep else ""))
        except SiteRefused as refusal:
            if refusal.status != 503:
                raise
            body: JsonObject = json.loads(refusal.body)
            return body

    async def join(self, meeting: str, display_name: str, host_ticket: str = "") -> JoinTicket:
        """A ticket for the meeting given by id or code; `host_ticket` makes it that one instead of a guest's. Raises
        SiteRefused where joining is not possible.
        """
        described = await self.describe(meeting)
        reply = await self._call("POST", f"/api/meetings/{quote(meeting)}/join", {"displayName": display_name})
        return JoinTicket(described["id"], self.socket_url(reply["socketUrl"], host_ticket or reply["ticket"]))

    def socket_url(self, path: str, ticket: str) -> str:
        """The absolute address of the signalling socket with a ticket in it. `path` may be absolute already."""
        parts = urlsplit(path if "://" in path else self.base_url + path)
        scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
        query = parts.query if "ticket=" in parts.query else urlencode({"ticket": ticket})
        return f"{scheme}://{parts.netloc}{parts.path}?{query}"

    async def _call(self, method: str, path: str, body: JsonObject | None = None) -> JsonObject:
        return await asyncio.to_thread(self._call_blocking, method, self.base_url + path, body)

    def _call_blocking(self, method: str, url: str, body: JsonObject | None) -> JsonObject:
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = Request(url, data=data, headers=headers, method=method)
        try:
            with urlopen(request, timeout=self._timeout) as response:
                answer: JsonObject = json.load(response)
                return answer
        except HTTPError as error:
            raise SiteRefused(method, url, error.code, error.read().decode(errors="replace")) from None
