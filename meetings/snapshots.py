"""Rows as the contract shows them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from meetings import access
from meetings.models import Breakouts, ChatMessage, Knock, Meeting, Participant, Poll, Question, SharedFile

Json = dict[str, Any]


# A meeting of many is read whenever somebody comes in.
_SHOWN_OF_PARTICIPANTS = ("meeting", "user", "display_name", "role", "joined_at", "hand_raised_at", *access.KINDS)


def meeting_entry(meeting: Meeting) -> Json:
    """The contract's MEETING."""
    return {
        "id": str(meeting.id),
        "code": meeting.code,
        "title": meeting.title,
        "state": meeting.state,
        "locked": meeting.locked,
        "capacity": meeting.capacity,
        "waitingRoom": meeting.waiting_room,
        "permissions": {kind: getattr(meeting, kind) for kind in access.KINDS},
        "notesBy": meeting.notes_by,
        "spotlight": None if meeting.spotlight is None else str(meeting.spotlight),
        "startsAt": _time(meeting.starts_at),
        "endsAt": _time(meeting.ends_at),
        "closes": meeting.closes,
        "startedAt": _time(meeting.started_at),
        "endedAt": _time(meeting.ended_at),
    }


def participant_entry(participant: Participant, meeting: Meeting) -> Json:
    """The contract's PARTICIPANT."""
    entry: Json = {
        "participantId": str(participant.id),
        "displayName": participant.display_name,
        "role": participant.role,
        "joinedAt": _time(participant.joined_at),
        "permissions": access.sending(participant, meeting).as_json(),
        "handRaisedAt": _time(participant.hand_raised_at),
    }
    if participant.user_id is not None:
        entry["userId"] = str(participant.user_id)
    return entry


def present_participants(meeting: Meeting) -> list[Json]:
    """Everybody who is in the meeting, in the order in which they came."""
    there = meeting.participants.filter(left_at=None).only(*_SHOWN_OF_PARTICIPANTS)
    return [participant_entry(one, meeting) for one in there]


def waiting_entry(knock: Knock) -> Json:
    """The contract's WAITING."""
    entry: Json = {
        "participantId": str(knock.id),
        "displayName": knock.display_name,
        "askedAt": _time(knock.asked_at),
        "for": "admission" if knock.asks_host else "host",
    }
    if knock.user_id is not None:
        entry["userId"] = str(knock.user_id)
    return entry


def waiting_people(meeting: Meeting) -> list[Json]:
    """Everybody who waits to come in, in the order in which they asked."""
    return [waiting_entry(one) for one in meeting.knocks.filter(decided_at=None)]


def breakouts_status(breakouts: Breakouts | None, now: datetime) -> Json:
    """The contract's BREAKOUTS_STATUS. How long the countdown still is, for clocks differ."""
    if breakouts is None:
        return {"state": "none", "closesIn": None}
    if breakouts.closed_at is not None:
        return {"state": "closed", "closesIn": None}
    if breakouts.closes_at is not None:
        return {"state": "closing", "closesIn": max(0.0, (breakouts.closes_at - now).total_seconds())}
    return {"state": "prepared" if breakouts.opened_at is None else "open", "closesIn": None}


def message_entry(message: ChatMessage, *, mine: bool) -> Json:
    """The contract's MESSAGE, for its author's person (`mine`) or for somebody else."""
    entry: Json = {
        "messageId": str(message.id),
        "participantId": _id(message.author_id),
        "displayName": message.author_name,
        "mine": mine,
        "recipientType": message.recipient_type,
        "message": message.message,
        "sentAt": _time(message.sent_at),
        "editedAt": _time(message.edited_at),
        "deletedAt": _time(message.deleted_at),
    }
    if message.file is not None:
        entry["file"] = file_entry(message.file)
    if message.recipient_type == ChatMessage.To.PRIVATE:
        entry |= {"recipientId": _id(message.recipient_id), "recipientName": message.recipient_name}
    return entry


def file_entry(file: SharedFile) -> Json:
    """The contract's FILE."""
    return {
        "id": str(file.id),
        "name": file.name,
        "size": file.size,
        "type": file.media_type,
        "gone": file.gone_at is not None,
    }


def poll_entry(poll: Poll, *, results: bool, mine: list[int] | None = None) -> Json:
    """The contract's POLL, with how votes stand where `results` says so, and with what they chose for the voter."""
    entry: Json = {
        "pollId": str(poll.id),
        "question": poll.question,
        "options": poll.options,
        "kind": poll.kind,
        "anonymous": poll.anonymous,
        "resultsFor": poll.results_for,
        "state": poll.state,
        "version": poll.version,
        "results": results_entry(poll) if results else None,
        "createdAt": _time(poll.created_at),
    }
    return entry if mine is None else entry | {"mine": mine}


def results_entry(poll: Poll) -> Json:
    """The contract's RESULTS."""
    return {"voters": poll.voters, "votes": poll.counts}


def question_entry(question: Question, *, mine: bool | None = None, voted: bool | None = None) -> Json:
    """The contract's QUESTION; for one person with `mine` (they asked it) and `voted` (they want it answered)."""
    entry: Json = {
        "questionId": str(question.id),
        "participantId": _id(question.author_id),
        "displayName": question.author_name,
        "question": question.question,
        "state": question.state,
        "votes": question.votes,
        "version": question.version,
        "askedAt": _time(question.asked_at),
    }
    own = {"mine": mine, "voted": voted}
    return entry | {name: value for name, value in own.items() if value is not None}


def _id(key: UUID | None) -> str | None:
    return None if key is None else str(key)


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
