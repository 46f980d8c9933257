"""Vote in a poll."""

from typing import Any
from uuid import UUID

from django.db import transaction

from meetings import access
from meetings.actions.poll_viewers import tell_results, tell_vote
from meetings.actions.polls import locked_poll
from meetings.actions.voter import voter_of
from meetings.gathering import tell_soon
from meetings.models import Participant, Poll, PollVote
from meetings.protocol.codes import Refusal
from meetings.snapshots import poll_entry


def vote(meeting_id: UUID, poll_id: UUID, options: list[int], *, by: UUID) -> dict[str, Any]:
    """Vote for these options, by their places; whoever has voted changes their vote. A person has one vote, in
    whichever window. Answers the contract's POLL.

    Raises Refusal BAD_REQUEST for what is not among the options, POLL_NOT_FOUND, POLL_STATE unless it is open, or a
    code of `access.stay`.
    """
    with transaction.atomic():
        # Votes come one after another, and none after the poll is closed. Who votes is read under the lock: they may
        # sign in at this moment.
        poll, actor = locked_poll(meeting_id, poll_id, "vote", by)
        if poll.state != Poll.State.OPEN:
            raise Refusal("POLL_STATE", f"It is {poll.get_state_display()}: nobody can vote.")
        chosen = _checked(poll, options)
        if _cast(poll, chosen, actor):
            tell_vote(poll, chosen, actor)
            tell_soon(tell_results, meeting_id, poll.id)
        return poll_entry(poll, results=access.sees_results(actor.role, poll), mine=chosen)


def _cast(poll: Poll, chosen: list[int], actor: Participant) -> bool:
    """Write the vote down, and count it. False when it was so before."""
    voter = voter_of(actor, poll.id)
    before: list[int] | None = PollVote.objects.filter(poll=poll, voter=voter).values_list("chosen", flat=True).first()
    if before == chosen:
        return False
    if before is None:
        named = {} if poll.anonymous else {"participant": actor, "voter_name": actor.display_name}
        PollVote.objects.create(poll=poll, voter=voter, chosen=chosen, **named)
    else:
        PollVote.objects.filter(poll=poll, voter=voter).update(chosen=chosen)
    poll.count(before, chosen)
    poll.save(update_fields=["counts", "voters", "version"])
    return True


def _checked(poll: Poll, options: list[int]) -> list[int]:
    chosen = sorted(set(options))
    if chosen[-1] >= len(poll.options):
        raise Refusal("BAD_REQUEST", f"It has {len(poll.options)} options.")
    if poll.kind == Poll.Kind.SINGLE and len(chosen) > 1:
        raise Refusal("BAD_REQUEST", "Only one of the options can be chosen.")
    return chosen
