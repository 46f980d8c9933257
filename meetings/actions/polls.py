"""Polls: list them, make one, change it, open it, close it, delete it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from meetings import access, lifecycle
from meetings.actions.actor import By, acting_as, knows
from meetings.actions.poll_viewers import tell_deleted, tell_poll
from meetings.actions.voter import voter_of
from meetings.audit import note_act
from meetings.models import Meeting, Participant, Poll, PollVote
from meetings.protocol.codes import Refusal
from meetings.protocol.shapes import MOST_POLLS
from meetings.snapshots import poll_entry

Json = dict[str, Any]


def list_polls(meeting_id: UUID, *, by: UUID) -> list[Json]:
    """All polls as this participant may see them, the first first: the contract's POLL with `mine`.

    Raises Refusal with a code of `access.stay`.
    """
    reader = acting_as(meeting_id, by, "polls")
    polls = [one for one in Poll.objects.filter(meeting_id=meeting_id) if access.sees_poll(reader.role, one)]
    voters = [voter_of(reader, one.id) for one in polls]
    votes = PollVote.objects.filter(poll__in=polls, voter__in=voters).order_by()
    mine: dict[UUID, list[int]] = dict(votes.values_list("poll_id", "chosen"))
    return [poll_entry(one, results=access.sees_results(reader.role, one), mine=mine.get(one.id, [])) for one in polls]


def create_poll(
    meeting_id: UUID,
    question: str,
    options: list[str],
    kind: str,
    *,
    anonymous: bool,
    results_for: str,
    opened: bool,
    by: By,
) -> Json:
    """Make a draft, or with `opened` a poll that everybody votes in from now on. Answers the contract's POLL.

    Raises Refusal BAD_REQUEST for options that are the same, NOT_ALLOWED, WRONG_STATE for a host who asks from outside
    of a meeting that is over, or a code of `access.stay`.
    """
    texts = _distinct(options)
    with transaction.atomic():
        # The meeting's row is locked, so that two who make the last one make one.
        Meeting.objects.select_for_update().get(id=meeting_id)
        actor = acting_as(meeting_id, by, "create-poll")
        _demand_people(actor.meeting)
        if Poll.objects.filter(meeting_id=meeting_id).count() >= MOST_POLLS:
            raise Refusal("NOT_ALLOWED", f"A meeting has at most {MOST_POLLS} polls; delete one first.")
        now = timezone.now()
        poll = Poll.objects.create(
            meeting_id=meeting_id,
            author_name=actor.display_name,
            question=question.strip(),
            options=texts,
            counts=[0] * len(texts),
            kind=kind,
            anonymous=anonymous,
            results_for=results_for,
            state=Poll.State.OPEN if opened else Poll.State.DRAFT,
            created_at=now,
            opened_at=now if opened else None,
        )
        if opened:
            note_act(meeting_id, "poll-opened", {"question": poll.question}, by=actor)
        tell_poll(poll, knows=knows(by))
        return poll_entry(poll, results=True, mine=[])


def change_poll(meeting_id: UUID, poll_id: UUID, columns: Mapping[str, Any], *, by: By) -> Json:
    """Change these columns of a draft, in which nobody can have voted. Answers the contract's POLL.

    Raises Refusal BAD_REQUEST for options that are the same, POLL_NOT_FOUND, POLL_STATE unless it is a draft,
    NOT_ALLOWED, or a code of `access.stay`.
    """
    columns = dict(columns)
    if "options" in columns:
        columns["options"] = _distinct(columns["options"])
        columns["counts"] = [0] * len(columns["options"])
    if "question" in columns:
        columns["question"] = columns["question"].strip()
    with transaction.atomic():
        poll, _ = locked_poll(meeting_id, poll_id, "change-poll", by)
        _demand(poll, Poll.State.DRAFT)
        for column, value in columns.items():
            setattr(poll, column, value)
        poll.version += 1
        poll.save(update_fields=[*columns, "version"])
        tell_poll(poll, knows=knows(by))
        return poll_entry(poll, results=True)


def open_poll(meeting_id: UUID, poll_id: UUID, *, by: By) -> Json:
    """Let everybody vote. Answers the contract's POLL.

    Raises Refusal POLL_NOT_FOUND, POLL_STATE unless it is a draft, NOT_ALLOWED, WRONG_STATE as `create_poll` does, or a
    code of `access.stay`.
    """
    with transaction.atomic():
        poll, actor = locked_poll(meeting_id, poll_id, "open-poll", by)
        _demand_people(actor.meeting)
        _demand(poll, Poll.State.DRAFT)
        poll.state, poll.opened_at = Poll.State.OPEN, timezone.now()
        return _moved(poll, "poll-opened", actor, by)


def close_poll(meeting_id: UUID, poll_id: UUID, *, by: By) -> Json:
    """Let nobody vote any more, and everybody see the results. Answers and raises as `open_poll`, for open ones."""
    with transaction.atomic():
        poll, actor = locked_poll(meeting_id, poll_id, "close-poll", by)
        _demand(poll, Poll.State.OPEN)
        poll.state, poll.closed_at = Poll.State.CLOSED, timezone.now()
        return _moved(poll, "poll-closed", actor, by)


def delete_poll(meeting_id: UUID, poll_id: UUID, *, by: By) -> None:
    """Delete a poll with its votes. Raises Refusal POLL_NOT_FOUND, NOT_ALLOWED, or a code of `access.stay`."""
    with transaction.atomic():
        poll, actor = locked_poll(meeting_id, poll_id, "delete-poll", by)
        tell_deleted(poll, knows=knows(by))
        note_act(meeting_id, "poll-deleted", {"question": poll.question, "state": poll.state}, by=actor)
        poll.delete()


def locked_poll(meeting_id: UUID, poll_id: UUID, event: str, by: By) -> tuple[Poll, Participant]:
    """A poll of the meeting, locked until the transaction ends, and who does this with it, as they are under the lock.

    Raises Refusal POLL_NOT_FOUND, also for what is not there for them, NOT_ALLOWED, or a code of `access.stay`.
    """
    poll = Poll.objects.select_for_update().filter(id=poll_id, meeting_id=meeting_id).first()
    actor = acting_as(meeting_id, by, event)
    if poll is None or not access.sees_poll(actor.role, poll):
        raise Refusal("POLL_NOT_FOUND", "It is not in this meeting, or not any more.")
    return poll, actor


def _distinct(options: list[str]) -> list[str]:
    """The texts without what stands around them. Raises Refusal BAD_REQUEST."""
    texts = [text.strip() for text in options]
    if len(set(texts)) < len(texts):
        raise Refusal("BAD_REQUEST", "Two of the options are the same.")
    return texts


def _demand_people(meeting: Meeting) -> None:
    """Raise Refusal WRONG_STATE where nobody can be who could vote."""
    if refusal := lifecycle.take(meeting, "change"):
        raise refusal


def _demand(poll: Poll, state: Poll.State) -> None:
    if poll.state != state:
        raise Refusal("POLL_STATE", f"It is {poll.get_state_display()}, and not {state.label}.")


def _moved(poll: Poll, act: str, actor: Participant, by: By) -> Json:
    poll.version += 1
    poll.save(update_fields=["state", "opened_at", "closed_at", "version"])
    note_act(poll.meeting_id, act, {"question": poll.question}, by=actor)
    tell_poll(poll, knows=knows(by))
    return poll_entry(poll, results=True)
