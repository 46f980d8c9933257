"""My meetings: today, to come, and past."""

from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from meetings import access, identity
from meetings.models import Occurrence
from meetings.pages.reaching import zone_for
from meetings.planning.mine import occurrences_of, past_of

AHEAD = timedelta(days=60)
SHOWN = 60
PAST_PAGE = 20


@require_safe
@never_cache
def dashboard(request: HttpRequest) -> HttpResponse:
    """What is mine, day by day in my time zone."""
    person = identity.of_request(request)
    zone = ZoneInfo(zone_for(request) or "UTC")
    now = timezone.now()
    email = str(getattr(request.user, "email", ""))
    rows = occurrences_of(person, email, now).filter(starts_at__lt=now + AHEAD).order_by("starts_at")[:SHOWN]
    today = now.astimezone(zone).date()
    days = [(day, list(those)) for day, those in groupby(rows, key=lambda one: _day(one, now, zone))]
    was_there = Q(participants__user_id=person.user_id) if person.user_id else Q(participants__guest=person.guest)
    past = (
        past_of(person).annotate(last=Max("participants__joined_at", filter=was_there)).order_by("-last", "-created_at")
    )
    page = Paginator(past, PAST_PAGE).get_page(request.GET.get("page"))
    shown = {one.meeting for one in rows} | set(page.object_list)
    context: dict[str, Any] = {
        "today": next((those for day, those in days if day == today), []),
        "to_come": [(those[0].starts_at, those) for day, those in days if day != today],
        "past": page,
        # Their hosts go on to what is planned, others to the meeting itself.
        "mine": {meeting.id for meeting in shown if person.is_host_of(meeting)},
        "now": now,
        "may_start": access.start(
            has_account=person.user_id is not None, anonymous_hosts=settings.ALLOW_ANONYMOUS_HOSTS
        )
        is None,
    }
    with timezone.override(zone):
        return render(request, "meetings/dashboard.html", context)


def _day(one: Occurrence, now: datetime, zone: ZoneInfo) -> Any:
    # What goes on since yesterday is of today.
    return max(one.starts_at, now if one.starts_at < now else one.starts_at).astimezone(zone).date()
