"""Planning a meeting, and changing what is planned."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from meetings import access, identity
from meetings.actions import change as changing
from meetings.actions.door import set_waiting_room
from meetings.actions.start import start_meeting
from meetings.calendars.plan import Plan
from meetings.identity import Person
from meetings.models import Meeting, Occurrence
from meetings.pages.occurrence_form import OccurrenceForm
from meetings.pages.plan_form import PlanForm
from meetings.pages.reaching import planned_by, zone_for
from meetings.planning import plan as planning
from meetings.planning.invitees import invite_people
from meetings.protocol.codes import Refusal

# For who plans; those who come may be a little early.
EARLY_MINUTES = 10


@require_http_methods(["GET", "POST"])
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """Plan a meeting."""
    person = identity.of_request(request, remember=True)
    if access.start(has_account=person.user_id is not None, anonymous_hosts=settings.ALLOW_ANONYMOUS_HOSTS):
        return redirect(f"{reverse('account_login')}?next={request.path}")
    form = PlanForm(request.POST or None, zone=zone_for(request))
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            meeting = start_meeting(person, form.cleaned_data["title"], passcode=form.cleaned_data["passcode"])
            _write(meeting, form, person)
            planning.plan_meeting(meeting.id, form.cleaned_data["plan"], by=person)
            if people := form.cleaned_data["people"]:
                invite_people(meeting.id, people, by=person)
        messages.success(request, _("It is planned. Mail is on its way.") if people else _("It is planned."))
        return redirect("meeting-details", code=meeting.code)
    return _page(request, form, None)


@require_http_methods(["GET", "POST"])
@never_cache
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change what is planned; all that has not begun."""
    meeting, person = planned_by(request, code, "plan-meeting")
    form = PlanForm(request.POST or None, meeting=meeting, zone=zone_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                _write(meeting, form, person)
                if form.cleaned_data["passcode"]:
                    columns = {"passcode_hash": make_password(form.cleaned_data["passcode"])}
                    changing.change(meeting.id, columns, by=person)
                if form.changes_plan():
                    planning.plan_meeting(meeting.id, form.cleaned_data["plan"], by=person)
        except Refusal as refusal:
            form.add_error(None, refusal.details)
        else:
            messages.success(request, _("It is changed."))
            return redirect("meeting-details", code=meeting.code)
    return _page(request, form, meeting)


@require_http_methods(["GET", "POST"])
@never_cache
def occurrence(request: HttpRequest, code: str, occurrence_id: UUID) -> HttpResponse:
    """Change one date; or it and those that follow."""
    meeting, person = planned_by(request, code, "plan-meeting")
    one = Occurrence.objects.select_related("schedule").filter(meeting=meeting, id=occurrence_id).first()
    if one is None:
        raise Http404
    form = OccurrenceForm(request.POST or None, occurrence=one)
    if request.method == "POST" and form.is_valid():
        try:
            _change_occurrence(meeting, one, form, person)
        except Refusal as refusal:
            form.add_error(None, refusal.details)
        else:
            messages.success(request, _("It is changed."))
            return redirect("meeting-details", code=meeting.code)
    context = {"form": form, "meeting": meeting, "occurrence": one}
    return render(request, "meetings/occurrence.html", context, status=400 if form.errors else 200)


@require_POST
def call_off(request: HttpRequest, code: str, occurrence_id: UUID) -> HttpResponse:
    """Cancel one date, it and those that follow, or take that back: `what` is cancel, cancel-following or restore."""
    meeting, person = planned_by(request, code, "plan-meeting")
    acts: dict[str, Any] = {
        "cancel": planning.cancel_occurrence,
        "cancel-following": planning.cancel_following,
        "restore": planning.restore_occurrence,
    }
    act = acts.get(request.POST.get("what", ""))
    if act is None:
        raise Http404
    try:
        act(meeting.id, occurrence_id, by=person)
    except Refusal as refusal:
        messages.error(request, refusal.details)
    return redirect("meeting-details", code=meeting.code)


@require_POST
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Cancel the meeting."""
    meeting, person = planned_by(request, code, "cancel-meeting")
    try:
        changing.cancel(meeting.id, by=person)
    except Refusal as refusal:
        messages.error(request, refusal.details)
    else:
        messages.success(request, _("It is cancelled. Those who were invited are told."))
    return redirect("meeting-details", code=meeting.code)


def _write(meeting: Meeting, form: PlanForm, person: Person) -> None:
    columns = form.columns()
    columns = {name: value for name, value in columns.items() if getattr(meeting, name) != value}
    if meeting.early_minutes != EARLY_MINUTES and not meeting.schedules.exists():
        columns["early_minutes"] = EARLY_MINUTES
    changing.change(meeting.id, columns, by=person)
    if meeting.waiting_room != form.cleaned_data["waiting_room"]:
        set_waiting_room(meeting.id, form.cleaned_data["waiting_room"], by=person)


def _change_occurrence(meeting: Meeting, one: Occurrence, form: OccurrenceForm, person: Person) -> None:
    cleaned = form.cleaned_data
    if cleaned["scope"] == "following":
        pattern = one.schedule.pattern.going_on(one.original, form.first)
        planning.plan_following(meeting.id, one.id, Plan(pattern, cleaned["minutes"]), by=person)
        return
    starts = form.starts_at
    planning.move_occurrence(meeting.id, one.id, starts, cleaned["minutes"], cleaned["title"], by=person)


def _page(request: HttpRequest, form: PlanForm, meeting: Meeting | None) -> HttpResponse:
    context = {"form": form, "meeting": meeting, "now": timezone.now(), "guess_zone": not zone_for(request)}
    return render(request, "meetings/plan.html", context, status=400 if form.errors else 200)
