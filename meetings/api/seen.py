"""Rows as the API shows them: the contract's, and what belongs to them outside of a call."""

from typing import Any

from meetings.audit_table import label_of
from meetings.identity import Person
from meetings.models import Act, Invitee, Meeting, Occurrence, Participant, Poll, Question, Schedule
from meetings.planning.wording import how_often
from meetings.snapshots import meeting_entry, poll_entry, question_entry

Json = dict[str, Any]


def meeting_seen(meeting: Meeting, person: Person) -> Json:
    """`answers.SEEN`, for this person."""
    return {
        **meeting_entry(meeting),
        "createdAt": meeting.created_at.isoformat(),
        "beforeHost": meeting.before_host,
        "guestsAllowed": meeting.guests_allowed,
        "emptyMinutes": meeting.empty_minutes,
        "description": meeting.description,
        "earlyMinutes": meeting.early_minutes,
        "remindMinutes": meeting.remind_minutes,
        "hasPasscode": bool(meeting.passcode_hash),
        "isHost": person.is_host_of(meeting),
    }


def meeting_detail(meeting: Meeting, person: Person) -> Json:
    """`answers.DETAIL`. Who is in it is told only where no passcode is asked."""
    present = Participant.objects.none() if meeting.passcode_hash else meeting.participants.filter(left_at=None)
    names = present.values_list("display_name", flat=True)
    return {**meeting_seen(meeting, person), "participants": [{"displayName": name} for name in names]}


def plan_seen(meeting: Meeting) -> Json:
    """`answers.PLAN_SEEN`."""
    return {"schedules": [_schedule_seen(one) for one in meeting.schedules.all()]}


def _schedule_seen(schedule: Schedule) -> Json:
    return {
        "id": str(schedule.id),
        "first": f"{schedule.pattern.first:%Y-%m-%dT%H:%M}",
        "zone": schedule.zone,
        "minutes": schedule.minutes,
        "rule": schedule.rule,
        "words": how_often(schedule.pattern),
        "sequence": schedule.sequence,
    }


def occurrence_seen(occurrence: Occurrence) -> Json:
    """`answers.OCCURRENCE`."""
    return {
        "id": str(occurrence.id),
        "startsAt": occurrence.starts_at.isoformat(),
        "endsAt": occurrence.ends_at.isoformat(),
        "title": occurrence.title or occurrence.meeting.title,
        "cancelled": occurrence.cancelled,
        "changed": occurrence.changed,
    }


def invitee_seen(invitee: Invitee) -> Json:
    """`answers.INVITEE`; the key is for nobody but them."""
    latest = invitee.deliveries.first()
    return {
        "id": str(invitee.id),
        "email": invitee.email,
        "name": invitee.name,
        "role": invitee.role,
        "answer": invitee.answer,
        "answeredAt": None if invitee.answered_at is None else invitee.answered_at.isoformat(),
        "mail": None if latest is None else latest.state,
    }


def act_seen(act: Act) -> Json:
    """`answers.ACT`."""
    data = dict(act.data)
    by, about = data.pop("by", None), data.pop("about", None)
    return {
        "at": act.at.isoformat(),
        "act": act.step,
        "label": label_of(act),
        "by": by,
        "about": about,
        "data": data,
    }


def poll_seen(poll: Poll) -> Json:
    """`answers.POLLS`' items. Of an anonymous poll nobody's vote is in it."""
    entry = poll_entry(poll, results=True)
    del entry["version"]
    votes = [] if poll.anonymous else poll.votes.all()
    return {
        **entry,
        "displayName": poll.author_name,
        "openedAt": poll.opened_at and poll.opened_at.isoformat(),
        "closedAt": poll.closed_at and poll.closed_at.isoformat(),
        "ballots": [{"displayName": one.voter_name, "options": one.chosen} for one in votes],
    }


def question_seen(question: Question) -> Json:
    """`answers.QUESTIONS`' items."""
    entry = question_entry(question)
    del entry["version"]
    return entry
