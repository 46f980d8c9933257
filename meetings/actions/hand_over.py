"""Keep somebody in charge when the last host goes."""

from meetings import access
from meetings.actions.breakouts.seats import stays_in_all_of
from meetings.actions.permit import change_rules
from meetings.models import Participant


def hand_over(gone: Participant) -> Participant | None:
    """If `gone` was the last host of their meeting, make whoever has been there longest a co-host, and say so.

    A co-host can lock the meeting and remove people, but cannot end what is not theirs; the host who comes back is host
    as before. A host in a breakout room is in charge of the whole meeting, and whoever succeeds is in the main room.
    Call it in the transaction in which `gone` left. Answers the new co-host, if there is one.
    """
    if gone.role not in access.HOSTS:
        return None
    whole = gone.meeting.parent_id or gone.meeting_id
    if stays_in_all_of(whole).filter(role__in=access.HOSTS).exists():
        return None
    there = Participant.objects.filter(meeting_id=whole, left_at=None)
    heir = there.filter(disconnected_at=None).order_by("joined_at", "id").first()
    if heir is None:
        return None
    change_rules(there.filter(id=heir.id), {"role": Participant.Role.CO_HOST}, skip=[])
    heir.refresh_from_db()
    return heir
