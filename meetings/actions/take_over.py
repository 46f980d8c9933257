"""What a guest did in a browser becomes an account's."""

from django.db import transaction

from meetings import facts
from meetings.actions.take_over_votes import take_over_votes
from meetings.models import Breakouts, BreakoutSeat, Knock, Meeting, Participant, organisation_of
from meetings.snapshots import participant_entry


def take_over(guest: str, user_id: int) -> None:
    """The guest of this key signed in: the meetings that they host are the account's and its organisation's, and so are
    their stays, so that whoever was removed for good stays removed, their place at a door, and their votes, so that
    nobody votes again. Whoever is in a meeting with them is told.
    """
    if not guest:
        return
    with transaction.atomic():
        Meeting.objects.filter(host_guest=guest).update(
            host_user=user_id, host_guest="", organisation=organisation_of(user_id)
        )
        there = dict(Participant.objects.filter(guest=guest).values_list("id", "meeting_id"))
        stays = list(there)
        Participant.objects.filter(id__in=stays).update(user=user_id, guest="")
        Knock.objects.filter(guest=guest).update(user=user_id, guest="")
        take_over_votes(guest, user_id, set(there.values()))
        # Who has a seat of either kind already keeps that of the account.
        seated = Breakouts.objects.filter(seats__user_id=user_id)
        BreakoutSeat.objects.filter(guest=guest).exclude(breakouts__in=seated).update(user=user_id, guest="")
        for one in Participant.objects.filter(id__in=stays, left_at=None).select_related("meeting"):
            facts.publish(one.meeting_id, "participant-updated", participant_entry(one, one.meeting), skip=[])
