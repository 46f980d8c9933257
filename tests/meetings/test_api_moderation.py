"""What a host who has no window open does over the API to those who are in the call, who hear of it."""

from __future__ import annotations

from meetings.models import Meeting
from tests.meetings.calling import Caller
from tests.meetings.conftest import Someone


async def test_all_but_one_are_muted_and_one_is_asked(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    host = Caller(alice, meeting)
    bobs, bob_is = await bob.join(meeting)
    mallorys, mallory_is = await mallory.join(meeting)
    assert await host.ask("POST", "mute-all/", {"except": mallory_is["participantId"]}) == {"count": 1}
    muted = await bobs.push("muted-by-host")
    assert (muted["kind"], muted["byName"]) == ("audio", "Alice")
    assert "muted-by-host" not in await mallorys.pushes_so_far()
    asked = await host.ask("POST", f"participants/{bob_is['participantId']}/ask-to-unmute/", {})
    assert asked["permissions"]["microphone"] is True
    assert (await bobs.push("unmute-requested"))["byName"] == "Alice"
    assert await host.ask("POST", "mute-all/", {}) == {"count": 2}
    await mallorys.push("muted-by-host")


async def test_hands_are_lowered(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    host = Caller(alice, meeting)
    socket, joined = await bob.join(meeting)
    await socket.ask("raise-hand", {"raised": True})
    assert (await socket.push("hand-raised"))["raised"] is True
    lowered = await host.ask("POST", f"participants/{joined['participantId']}/lower-hand/", {})
    assert lowered["handRaisedAt"] is None
    assert (await socket.push("hand-raised"))["raised"] is False


async def test_the_spotlight_is_on_one_and_on_nobody(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    host = Caller(alice, meeting)
    socket, joined = await bob.join(meeting)
    for whom in (joined["participantId"], None):
        assert await host.ask("PUT", "spotlight/", {"participantId": whom}) == {"participantId": whom}
        assert await socket.push("participant-spotlighted") == {"participantId": whom}
        assert (await host.ask("GET", ""))["spotlight"] == whom
    somebody = {"participantId": "00000000-0000-4000-8000-000000000000"}
    assert await host.refusal("PUT", "spotlight/", somebody, status=404) == "NOT_IN_MEETING"


async def test_messages_are_changed_and_deleted(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    host, guest = Caller(alice, meeting), Caller(bob, meeting)
    hosts, _ = await alice.join(meeting)
    bobs, _ = await bob.join(meeting)
    written = await guest.ask("POST", "chat/", {"message": "Helo"}, status=201)
    await hosts.push("new-message")
    await bobs.push("new-message")
    message = f"chat/{written['messageId']}/"
    assert await host.refusal("PATCH", message, {"message": "Mine"}, status=403) == "NOT_ALLOWED"
    edited = await guest.ask("PATCH", message, {"message": "Hello"})
    assert (edited["message"], edited["mine"]) == ("Hello", True)
    # The author's own window is not where it was changed.
    for socket, mine in ((hosts, False), (bobs, True)):
        told = await socket.push("message-edited")
        assert (told["message"], told["mine"]) == ("Hello", mine)
    gone = await host.ask("DELETE", message)
    assert (gone["message"], gone["deletedAt"] is None) == ("", False)
    for socket in (hosts, bobs):
        assert (await socket.push("message-deleted"))["messageId"] == written["messageId"]
    assert await guest.refusal("PATCH", message, {"message": "Again"}, status=404) == "MESSAGE_NOT_FOUND"


async def test_nothing_is_begun_in_a_meeting_that_is_over(alice: Someone, meeting: Meeting) -> None:
    host = Caller(alice, meeting)
    poll = {"question": "?", "options": ["A", "B"], "kind": "single", "anonymous": False, "resultsFor": "hosts"}
    draft = await host.ask("POST", "polls/", poll, status=201)
    await host.ask("POST", "end/", {})
    rooms = {"count": 2, "assign": "by-hand"}
    for path, body in (("breakouts/", rooms), ("polls/", poll), (f"polls/{draft['pollId']}/open/", {})):
        refused = await host.ask("POST", path, body, status=409)
        assert (refused["code"], "reopen" in refused["allowed"]) == ("WRONG_STATE", True)
    await host.ask("DELETE", f"polls/{draft['pollId']}/", status=204)
