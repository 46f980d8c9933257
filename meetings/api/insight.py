"""How a meeting goes and went, over HTTP: numbers of joins, live media, what browsers need, and the audit trail."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from asgiref.sync import async_to_sync
from django.db.models import Q, QuerySet
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from media.client import get_media_client
from meetings.analytics import analytics
from meetings.api.answers import ANALYTICS, AUDIT, LIVE_STATS, WEBRTC_CONFIG
from meetings.api.base import MeetingView
from meetings.api.bodies import PAGED, read_query
from meetings.api.paging import paged
from meetings.api.schema import operation
from meetings.api.seen import act_seen
from meetings.audit_table import HEAD, as_rows
from meetings.capabilities import rtp_capabilities
from meetings.ice_servers import ice_servers
from meetings.models import Act, Meeting
from meetings.spreadsheet import csv_response

Json = dict[str, Any]

PATIENCE = 3.0
_HOSTS = ("MEETING_NOT_FOUND", "NOT_ALLOWED")
_NUMBERS = ("iceState", "dtlsState", "bitrateIn", "bitrateOut", "lossIn", "lossOut", "rtt")


class Analytics(MeetingView):
    """`/api/meetings/<id or code>/analytics`"""

    @operation("getAnalytics", scope="meetings:read", path=("reference",), answers={200: ANALYTICS}, codes=_HOSTS)
    def get(self, request: Request, reference: str) -> Response:
        """Joins, people, how many there were at most at once, minutes of all together, and how the tries to join went:
        `outcomes`, with the most frequent `causes` of what was not well.
        """
        return Response(analytics(self.meeting_for(reference, "see-analytics")))


class LiveStats(MeetingView):
    """`/api/meetings/<id or code>/live-stats`"""

    has_versions = False

    @operation("getLiveStats", scope="meetings:read", path=("reference",), answers={200: LIVE_STATS}, codes=_HOSTS)
    def get(self, request: Request, reference: str) -> Response:
        """The meeting's transports as the media nodes have them just now. Bits a second, milliseconds, shares from 0 to
        1; null is not known (yet). `available` is false while no node answers.
        """
        meeting = self.meeting_for(reference, "see-live-stats")
        trees: list[Json] = async_to_sync(_trees)()
        transports = list(_transports(trees, str(meeting.id)))
        return Response(
            {
                "state": meeting.state,
                "present": meeting.present,
                "available": bool(trees),
                "bitrateIn": sum(one["bitrateIn"] or 0 for one in transports),
                "bitrateOut": sum(one["bitrateOut"] or 0 for one in transports),
                "transports": transports,
            }
        )


class WebRtcConfig(MeetingView):
    """`/api/meetings/<id or code>/webrtc-config`"""

    has_versions = False

    @operation(
        "getWebRtcConfig",
        scope="meetings:read",
        path=("reference",),
        answers={200: WEBRTC_CONFIG},
        codes=("MEETING_NOT_FOUND",),
    )
    def get(self, request: Request, reference: str) -> Response:
        """STUN and TURN servers with credentials of one's own, and what the routers can do (null while media are
        away): for the host and for those who are in the meeting.
        """
        meeting = self.meeting_for(reference, "see-webrtc-config")
        mine = self.person.stays_in(meeting).filter(left_at=None).values_list("id", flat=True).first()
        capabilities: Json | None = async_to_sync(rtp_capabilities)()
        return Response({"iceServers": ice_servers(mine or uuid4()), "rtpCapabilities": capabilities})


class Audit(MeetingView):
    """`/api/meetings/<id or code>/audit`"""

    @operation("getAudit", scope="meetings:read", path=("reference",), query=PAGED, answers={200: AUDIT}, codes=_HOSTS)
    def get(self, request: Request, reference: str) -> Response:
        """What people did to the meeting and to each other, the first first."""
        read_query(request, PAGED)
        return paged(request, _acts(self.meeting_for(reference, "see-audit")), ("at", "id"), act_seen)


class AuditTable(MeetingView):
    """`/api/meetings/<id or code>/audit.csv`"""

    has_versions = False

    @operation(
        "downloadAudit",
        scope="meetings:read",
        path=("reference",),
        other={(200, "text/csv"): {"type": "string"}},
        codes=_HOSTS,
    )
    def get(self, request: Request, reference: str) -> HttpResponseBase:
        """All of it as a table for spreadsheets."""
        meeting = self.meeting_for(reference, "see-audit")
        return csv_response(f"audit-{meeting.code}", HEAD, list(as_rows(_acts(meeting))))


def _acts(meeting: Meeting) -> QuerySet[Act]:
    both = Q(meeting=meeting) | Q(meeting__parent=meeting)
    return Act.objects.filter(both).select_related("meeting").order_by("at", "id")


async def _trees() -> list[Json]:
    trees, _ = await get_media_client().ask_nodes("tree", {"opened": []}, PATIENCE)
    return trees


def _transports(trees: list[Json], meeting: str) -> Iterator[Json]:
    for tree in trees:
        for worker in tree["workers"]:
            for router in worker["routers"]:
                if router["meeting"] == meeting:
                    yield from map(_transport, router["transports"])


def _transport(one: Json) -> Json:
    return {
        "participantId": one["participant"],
        "direction": one["direction"],
        **{name: one[name] for name in _NUMBERS},
        "producers": one["producerCount"],
        "consumers": one["consumerCount"],
    }
