"""What somebody has planned, or is invited to."""

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from meetings.identity import Person
from meetings.models import Invitee, Meeting, Occurrence, Participant, Schedule


def schedules_of(user: AbstractBaseUser) -> QuerySet[Schedule]:
    """What the account hosts or is invited to and did not decline, in the order in which it was planned."""
    rows = Schedule.objects.filter(_theirs(user.pk, str(getattr(user, "email", "")), "meeting"))
    return rows.exclude(meeting__state=Meeting.State.CANCELLED).select_related("meeting__host_user")


def occurrences_of(person: Person, email: str, since: datetime) -> QuerySet[Occurrence]:
    """What is to be, or goes on, from `since` on."""
    rows = Occurrence.objects.filter(_of(person, email), ends_at__gt=since, cancelled=False)
    return rows.exclude(meeting__state=Meeting.State.CANCELLED).select_related("meeting")


def past_of(person: Person) -> QuerySet[Meeting]:
    """The meetings that they were in, or hosted, and that somebody was in; those of today too."""
    if person.user_id is not None:
        hosted, was_there = Q(host_user_id=person.user_id), Q(user_id=person.user_id)
    else:
        hosted, was_there = Q(host_guest=person.guest), Q(guest=person.guest)
    if person.user_id is None and not person.guest:
        return Meeting.objects.none()
    stays = Participant.objects.filter(meeting=OuterRef("pk"))
    listed = Meeting.objects.filter(parent=None)
    return listed.filter(Exists(stays.filter(was_there)) | (hosted & Exists(stays)))


def _of(person: Person, email: str) -> Q:
    if person.user_id is not None:
        return _theirs(person.user_id, email, "meeting")
    return Q(meeting__host_guest=person.guest) if person.guest else Q(pk__in=[])


def _theirs(user_id: int, email: str, meeting: str) -> Q:
    theirs = Q(**{f"{meeting}__host_user_id": user_id})
    if email:
        asked = Invitee.objects.filter(meeting=OuterRef(f"{meeting}_id"), email=email.lower(), uninvited_at=None)
        theirs |= Q(Exists(asked.exclude(answer=Invitee.Answer.DECLINED)))
    return theirs
