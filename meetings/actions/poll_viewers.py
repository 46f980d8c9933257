"""Who hears of a poll, and what of it."""

from uuid import UUID

from meetings import access, facts
from meetings.actions.chat_readers import stays_like
from meetings.models import Participant, Poll
from meetings.snapshots import poll_entry, results_entry


def tell_poll(poll: Poll, *, knows: list[UUID]) -> None:
    """Tell, on commit, everybody there to whom the poll is something, each with what they may see, but for those who
    know of it: whoever is answered.
    """
    everybody = Participant.Role.GUEST
    if access.sees_results(everybody, poll) and access.sees_poll(everybody, poll):
        facts.publish(poll.meeting_id, "poll-updated", poll_entry(poll, results=True), skip=knows)
        return
    running = _running(poll.meeting_id)
    if others := [one for one in running if one not in knows]:
        facts.publish(poll.meeting_id, "poll-updated", poll_entry(poll, results=True), only=others)
    if access.sees_poll(everybody, poll):
        facts.publish(poll.meeting_id, "poll-updated", poll_entry(poll, results=False), skip=[*knows, *running])


def tell_vote(poll: Poll, chosen: list[int], voter: Participant) -> None:
    """Tell, on commit, the voter's other windows what was voted there."""
    windows = stays_like(voter).filter(left_at=None).exclude(id=voter.id).values_list("id", "role")
    for window, role in windows:
        entry = poll_entry(poll, results=access.sees_results(role, poll), mine=chosen)
        facts.publish(poll.meeting_id, "poll-updated", entry, only=[window])


def tell_results(meeting_id: UUID, polls: frozenset[UUID]) -> None:
    """Tell those who may see it how the votes in these polls stand now, as far as they are open."""
    running: list[UUID] | None = None
    for poll in Poll.objects.filter(meeting_id=meeting_id, id__in=polls, state=Poll.State.OPEN):
        told = {"pollId": str(poll.id), "version": poll.version, "results": results_entry(poll)}
        if access.sees_results(Participant.Role.GUEST, poll):
            facts.publish(meeting_id, "poll-results", told)
            continue
        running = _running(meeting_id) if running is None else running
        if running:
            facts.publish(meeting_id, "poll-results", told, only=running)


def tell_deleted(poll: Poll, *, knows: list[UUID]) -> None:
    """Tell, on commit, those to whom the poll was something that it is gone, but for those who know of it."""
    told = {"pollId": str(poll.id)}
    if access.sees_poll(Participant.Role.GUEST, poll):
        facts.publish(poll.meeting_id, "poll-deleted", told, skip=knows)
    elif others := [one for one in _running(poll.meeting_id) if one not in knows]:
        facts.publish(poll.meeting_id, "poll-deleted", told, only=others)


def _running(meeting_id: UUID) -> list[UUID]:
    """Who is there of those who run polls."""
    there = Participant.objects.filter(meeting_id=meeting_id, left_at=None, role__in=access.PRESENTERS)
    return list(there.values_list("id", flat=True))
