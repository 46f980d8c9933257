"""The page of a planned meeting, for its hosts: when it is, who is invited, and what was sent to them."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from meetings import lifecycle
from meetings.actions.bans import banned_people, lift_ban
from meetings.links import join_url
from meetings.models import Delivery, Invitee
from meetings.pages.inviting_form import InvitingForm
from meetings.pages.reaching import planned_by
from meetings.planning.invitees import invite_people, uninvite
from meetings.protocol.codes import Refusal

SHOWN = 12


@require_safe
@never_cache
def details(request: HttpRequest, code: str, form: InvitingForm | None = None) -> HttpResponse:
    """All about it."""
    meeting, person = planned_by(request, code)
    to_come = meeting.occurrences.filter(ends_at__gt=timezone.now())
    latest = Prefetch("deliveries", Delivery.objects.order_by("-created_at"), to_attr="mail")
    invitees = meeting.invitees.filter(uninvited_at=None).prefetch_related(latest)
    context = {
        "meeting": meeting,
        "schedules": meeting.schedules.to_come(),
        "occurrences": to_come[:SHOWN],
        "more": max(0, to_come.count() - SHOWN),
        "invitees": invitees,
        "answers": _answers(list(invitees)),
        "banned": banned_people(meeting),
        "form": form or InvitingForm(),
        "join_url": join_url(request, meeting),
        "is_host": person.is_host_of(meeting),
        "may": lifecycle.allowed(meeting.state),
    }
    return render(request, "meetings/details.html", context, status=400 if form is not None else 200)


@require_POST
def invite(request: HttpRequest, code: str) -> HttpResponse:
    """Invite more people."""
    meeting, person = planned_by(request, code, "invite-people")
    form = InvitingForm(request.POST)
    if not form.is_valid():
        request.method = "GET"
        return details(request, code, form)
    try:
        people = invite_people(meeting.id, form.wanted, by=person)
    except Refusal as refusal:
        messages.error(request, refusal.details)
    else:
        count = len(people)
        messages.success(
            request, ngettext("%(count)d person is invited.", "%(count)d people are invited.", count) % {"count": count}
        )
    return redirect("meeting-details", code=meeting.code)


@require_POST
def uninvite_one(request: HttpRequest, code: str, invitee_id: UUID) -> HttpResponse:
    """Invite somebody no more."""
    meeting, person = planned_by(request, code, "invite-people")
    try:
        uninvite(meeting.id, invitee_id, by=person)
    except Refusal as refusal:
        messages.error(request, refusal.details)
    else:
        messages.success(request, _("They are told that they are not expected any more."))
    return redirect("meeting-details", code=meeting.code)


@require_POST
def let_come_again(request: HttpRequest, code: str, participant_id: UUID) -> HttpResponse:
    """Let somebody come again who was put out for good."""
    meeting, person = planned_by(request, code, "lift-ban")
    try:
        lift_ban(meeting.id, participant_id, by=person)
    except Refusal as refusal:
        messages.error(request, refusal.details)
    else:
        messages.success(request, _("They can come again."))
    return redirect("meeting-details", code=meeting.code)


def _answers(invitees: list[Invitee]) -> dict[str, int]:
    counts = dict.fromkeys(Invitee.Answer.values, 0)
    for one in invitees:
        counts[one.answer] += 1
    return counts
