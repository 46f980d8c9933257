"""What was voted on."""

from django.utils.translation import gettext as _

from meetings.attendance.looking import Look
from meetings.models import Poll
from meetings.summary.section import Section


def polls(look: Look) -> Section | None:
    """The polls with their results; None where nobody was asked anything."""
    sitting = look.sitting
    opened = sitting.meeting.polls.exclude(state=Poll.State.DRAFT).filter(sitting.during("opened_at"))
    told = [
        {
            "question": poll.question,
            "voters": poll.voters,
            "is_open": poll.state == Poll.State.OPEN,
            "options": [
                {"text": text, "votes": votes, "share": votes / poll.voters if poll.voters else 0.0}
                for text, votes in zip(poll.options, poll.counts, strict=True)
            ],
        }
        for poll in opened.order_by("opened_at", "id")
    ]
    return Section("polls", _("Polls"), {"polls": told}) if told else None
