"""Who sees what of polls, and who asks questions."""

from meetings.access.roles import PRESENTERS, act
from meetings.access.sending import sending
from meetings.models import Meeting, Participant, Poll
from meetings.protocol.codes import Refusal


def sees_poll(role: str, poll: Poll) -> bool:
    """Whether a poll is there for this role at all: drafts are for those who run polls."""
    return poll.state != Poll.State.DRAFT or role in PRESENTERS


def sees_results(role: str, poll: Poll) -> bool:
    """Whether this role sees how the votes stand: who runs polls always, everybody once it is closed."""
    return role in PRESENTERS or poll.state == Poll.State.CLOSED or poll.results_for == Poll.ResultsFor.EVERYBODY


def ask(actor: Participant, meeting: Meeting) -> Refusal | None:
    """Ask a question, which everybody reads as they read what is written to everybody."""
    if refusal := act(actor, "ask-question"):
        return refusal
    if sending(actor, meeting).chat:
        return None
    return Refusal("NOT_ALLOWED", "You may write to the hosts only at the moment.")
