"""The pages: start, a meeting, the test beforehand, and what is said when a meeting cannot be joined."""

from datetime import timedelta
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from meetings import access, identity
from meetings.actions.find import find_meeting
from meetings.actions.judge import judge
from meetings.attendance.looking import look
from meetings.capabilities import rtp_capabilities
from meetings.codes import is_code
from meetings.embedding import embedders, let_embed
from meetings.links import SOCKET_PATH, join_url
from meetings.models import Meeting
from meetings.protocol.codes import Refusal
from meetings.protocol.shapes import (
    LONGEST_MESSAGE,
    LONGEST_POLL_OPTION,
    LONGEST_POLL_QUESTION,
    LONGEST_QUESTION,
    MOST_POLL_OPTIONS,
)
from meetings.recent import recent_meetings
from meetings.statuses import status_of
from meetings.verdicts.catalogue import page_texts
from meetings.version import site_version

REASONS = {
    "MEETING_NOT_FOUND": "not_found",
    "MEETING_ENDED": "ended",
    "MEETING_CANCELLED": "cancelled",
    "MEETING_FULL": "full",
    "MEETING_LOCKED": "locked",
    "MEETING_NOT_STARTED": "not_started",
    "ACCOUNT_REQUIRED": "account_required",
    "REMOVED": "removed",
}
# How much fits into the fields of polls and questions.
LIMITS = {
    "poll_question": LONGEST_POLL_QUESTION,
    "poll_option": LONGEST_POLL_OPTION,
    "poll_options": MOST_POLL_OPTIONS,
    "question": LONGEST_QUESTION,
}


@require_safe
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """Start a meeting, join one, or find mine again."""
    person = identity.of_request(request)
    may_not = access.start(has_account=person.user_id is not None, anonymous_hosts=settings.ALLOW_ANONYMOUS_HOSTS)
    config = {
        "api": reverse("api-meetings"),
        "csrfToken": get_token(request),
        "mediaHealth": reverse("api-health"),
    }
    context = {
        "recent": recent_meetings(person),
        "may_start": may_not is None,
        "config": config,
    }
    return render(request, "meetings/start.html", context)


@require_safe
@never_cache
async def meeting(request: HttpRequest, code: str) -> HttpResponse:
    """A meeting's page; or why there is none, with a status that says so to programs."""
    try:
        found = await sync_to_async(_enterable)(request, code)
    except Refusal as refusal:
        return let_embed(await sync_to_async(_unavailable)(request, refusal, code))
    return let_embed(await sync_to_async(_meeting)(request, found, await rtp_capabilities()))


@require_safe
@never_cache
def test(request: HttpRequest) -> HttpResponse:
    """Test devices and connection before a call; `?meeting=` is the code of the one to go back to."""
    code = request.GET.get("meeting", "").lower()
    back = reverse("meeting", args=[code]) if is_code(code) else reverse("start")
    config = {
        "socketUrl": SOCKET_PATH,
        "attempts": f"{reverse('api-meetings')}attempts/",
        "csrfToken": get_token(request),
        "version": site_version(),
        "offlineVerdicts": page_texts(),
    }
    return render(request, "meetings/test.html", {"back": back, "meeting": is_code(code), "config": config})


def _enterable(request: HttpRequest, code: str) -> Meeting:
    found = find_meeting(code)
    if refusal := judge(found, identity.of_request(request, remember=True), passcode_known=True):
        raise refusal
    return found


def _meeting(request: HttpRequest, found: Meeting, capabilities: dict[str, Any] | None) -> HttpResponse:
    person = identity.of_request(request)
    is_host = person.is_host_of(found)
    config = {
        "meetingId": str(found.id),
        "code": found.code,
        "title": found.title,
        "joinUrl": join_url(request, found),
        "socketUrl": SOCKET_PATH,
        "displayName": person.display_name,
        "isHost": is_host,
        "rtpCapabilities": capabilities,
        "needsPasscode": bool(found.passcode_hash) and not is_host,
        "csrfToken": get_token(request),
        "mediaAvailable": capabilities is not None,
        "version": site_version(),
        "offlineVerdicts": page_texts(),
        "fileMegabytes": settings.FILE_MEGABYTES,
        "canInviteBot": settings.INVITE_BOT,
        "embedOrigins": embedders(),
    }
    shown = {"meeting": found, "config": config, "longest_message": LONGEST_MESSAGE, "limits": LIMITS}
    return render(request, "meetings/meeting.html", shown)


def _unavailable(request: HttpRequest, refusal: Refusal, code: str) -> HttpResponse:
    context: dict[str, Any] = {"reason": REASONS[refusal.code], "summary": ""}
    if refusal.code == "MEETING_NOT_STARTED":
        found = find_meeting(code)
        if found.starts_at is not None:
            context |= {"meeting": found, "opens_at": found.starts_at - timedelta(minutes=found.early_minutes)}
    if refusal.code == "MEETING_ENDED" and _sees_summary(request, over := find_meeting(code)):
        context["summary"] = reverse("summary", args=[over.code])
    return render(request, "meetings/unavailable.html", context, status=status_of(refusal))


def _sees_summary(request: HttpRequest, meeting: Meeting) -> bool:
    try:
        look(meeting, identity.of_request(request))
    except Refusal:
        return False
    return True
