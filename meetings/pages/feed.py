"""The meetings of an account, as a calendar that calendars read again and again."""

import secrets

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from meetings.calendars.writing import write_calendar
from meetings.models import Profile
from meetings.pages.invitation import calendar_file
from meetings.planning.mine import schedules_of
from meetings.planning.telling import events_of


@require_safe
@never_cache
def feed(_request: HttpRequest, key: str) -> HttpResponse:
    """All that the account hosts or is invited to."""
    profile = Profile.objects.select_related("user").filter(feed_key=key).first() if key else None
    if profile is None or not profile.user.is_active:
        raise Http404
    return calendar_file(write_calendar(events_of(schedules_of(profile.user)), name="KCS Meet"))


@require_POST
@login_required
def renew(request: HttpRequest) -> HttpResponse:
    """Another address of one's feed; the one before is good for nothing any more. Without `on`: none."""
    assert request.user.pk is not None, "who is signed in has an account"
    profile, _ = Profile.objects.get_or_create(user_id=request.user.pk)
    profile.feed_key = secrets.token_urlsafe(24) if request.POST.get("on") else ""
    profile.save(update_fields=["feed_key"])
    return redirect("account_settings")
