"""`remove-participant`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from media.client import get_media_client
from meetings import facts
from meetings.actions.bans import lift_ban
from meetings.actions.remove import remove_participant
from meetings.actions.start import start_meeting
from meetings.database import in_database
from meetings.identity import Person
from meetings.models import Act, Meeting, Participant
from meetings.protocol.codes import Refusal
from tests.meetings.conftest import Someone
from tests.node import rtp


async def test_target_and_others_are_told(alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, _ = await bob.join(meeting)
    at_mallorys, mallorys = await mallory.join(meeting)
    target = mallorys["participantId"]
    peers = (await get_media_client().status())["totalParticipants"]
    assert await at_alices.ask("remove-participant", {"participantId": target}) == {"participantId": target}
    assert (await get_media_client().status())["totalParticipants"] == peers - 1
    assert await at_mallorys.push("removed-by-host") == {"banned": False}
    assert await at_bobs.push("participant-left") == {"participantId": target, "reason": "removed"}
    assert await at_mallorys.pushes_so_far() == []
    await at_mallorys.refusal("NOT_IN_MEETING", "create-transport", {"meetingId": str(meeting.id), "direction": "send"})
    # Without a ban the door is open.
    await at_mallorys.ask("join-meeting", {"meetingId": str(meeting.id)})


async def test_banned_people_do_not_get_in_again(alice: Someone, mallory: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    at_mallorys, mallorys = await mallory.join(meeting)
    await at_alices.ask("remove-participant", {"participantId": mallorys["participantId"], "ban": True})
    assert await at_mallorys.push("removed-by-host") == {"banned": True}
    await (await mallory.socket()).refusal("REMOVED", "join-meeting", {"meetingId": str(meeting.id)})


async def test_whoever_was_put_out_by_mistake_may_come_again(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, _ = await bob.join(meeting)
    # She was put out for good twice: a ban is of the person, not of the time that they were there.
    first, firsts = await mallory.join(meeting)
    await at_alices.ask("remove-participant", {"participantId": firsts["participantId"], "ban": True})
    await first.push("removed-by-host")
    await in_database(lambda: Participant.objects.filter(id=firsts["participantId"]).update(banned=False))
    _, seconds = await mallory.join(meeting)
    await in_database(lambda: Participant.objects.filter(id=firsts["participantId"]).update(banned=True))
    again = {"participantId": seconds["participantId"]}
    await at_alices.ask("remove-participant", {**again, "ban": True})

    await at_bobs.refusal("NOT_ALLOWED", "lift-ban", again)
    assert await at_alices.ask("lift-ban", again) == again
    await at_alices.refusal("NOT_IN_MEETING", "lift-ban", again)
    await (await mallory.socket()).ask("join-meeting", {"meetingId": str(meeting.id)})
    acts = await in_database(
        lambda: list(Act.objects.filter(meeting=meeting).order_by("at", "id").values_list("step", flat=True))
    )
    assert acts[-3:] == ["removed", "removed", "ban-lifted"]


async def test_nobody_of_another_meeting_may_come_again(alice: Someone, mallory: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    _, mallorys = await mallory.join(meeting)
    await at_alices.ask("remove-participant", {"participantId": mallorys["participantId"], "ban": True})
    other = await in_database(start_meeting, Person(guest="somebody"), "Elsewhere")
    with pytest.raises(Refusal) as refused:
        await in_database(lift_ban, other.id, UUID(mallorys["participantId"]), by=Person(guest="somebody"))
    assert refused.value.code == "NOT_IN_MEETING"
    await (await mallory.socket()).refusal("REMOVED", "join-meeting", {"meetingId": str(meeting.id)})


async def test_who_may_not(alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting) -> None:
    at_alices, alices = await alice.join(meeting)
    at_bobs, bobs = await bob.join(meeting)
    _, mallorys = await mallory.join(meeting)
    await at_bobs.refusal("NOT_ALLOWED", "remove-participant", {"participantId": mallorys["participantId"]})
    await at_alices.refusal("NOT_ALLOWED", "remove-participant", {"participantId": alices["participantId"]})
    for nobody in ("nobody", "00000000-0000-4000-8000-000000000000"):
        await at_alices.refusal("NOT_IN_MEETING", "remove-participant", {"participantId": nobody})
        refused = await at_bobs.refusal(
            "NOT_IN_MEETING" if nobody == "nobody" else "NOT_ALLOWED", "remove-participant", {"participantId": nobody}
        )
        assert bobs["participantId"] not in refused.details


async def test_fault_the_message_is_lost(
    alice: Someone, mallory: Someone, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row says that she is out, so she cannot send, whether or not her socket has heard."""
    _, alices = await alice.join(meeting)
    at_mallorys, mallorys = await mallory.join(meeting, rtpCapabilities=alices["rtpCapabilities"])

    def lost(*_args: Any, **_kwargs: Any) -> None:
        """The layer drops it."""

    monkeypatch.setattr(facts, "publish", lost)
    await in_database(remove_participant, meeting.id, mallorys["participantId"], by=alices["participantId"])
    await at_mallorys.refusal(
        "REMOVED",
        "produce",
        {"meetingId": str(meeting.id), "kind": "audio", "source": "mic", "rtpParameters": rtp.microphone()},
    )
