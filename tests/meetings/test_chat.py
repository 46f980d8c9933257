"""The chat on the socket: to exactly those it is for, exactly once; read back, changed, deleted."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.actions.chat_history import chat_history
from meetings.actions.send_message import Addressed, send_message
from meetings.database import in_database
from meetings.models import ChatMessage, Meeting, Participant
from meetings.protocol.shapes import LONGEST_MESSAGE
from meetings.signalling.session import MESSAGES_AT_ONCE, PAGES_AT_ONCE, TYPING_AT_ONCE
from tests.meetings.conftest import Someone
from tests.meetings.socket_client import SignallingSocket
from tests.meetings.test_audit import trail

Json = dict[str, Any]
CHAT = ("new-message", "message-edited", "message-deleted", "user-typing")


class Room:
    """Alice, who hosts, Bob and Mallory in a meeting, their sockets and their participant ids."""

    def __init__(self, **people: tuple[SignallingSocket, Json]) -> None:
        self.sockets = {name: socket for name, (socket, _) in people.items()}
        self.ids = {name: joined["participantId"] for name, (_, joined) in people.items()}

    async def heard(self) -> dict[str, list[str]]:
        """Which pushes of the chat each got since this was asked last."""
        return {
            name: [push for push in await socket.pushes_so_far() if push in CHAT]
            for name, socket in self.sockets.items()
        }


async def full_room(meeting: Meeting, **people: Someone) -> Room:
    room = Room(**{name: await one.join(meeting) for name, one in people.items()})
    await room.heard()
    return room


def to_all(message: str) -> Json:
    return {"message": message, "recipientType": "all"}


async def history(socket: SignallingSocket, **data: Any) -> list[str]:
    return [one["message"] for one in (await socket.ask("chat-history", data))["messages"]]


async def test_to_everybody(alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting) -> None:
    room = await full_room(meeting, alice=alice, bob=bob, mallory=mallory)
    sent = await room.sockets["bob"].ask("send-message", to_all("Good morning"))
    assert sent["mine"] is True
    for name in ("alice", "mallory"):
        assert await room.sockets[name].push("new-message") == {**sent, "mine": False}
    assert sent["displayName"] == "Bob"
    assert sent["participantId"] == room.ids["bob"]
    assert await room.heard() == {"alice": [], "bob": [], "mallory": []}, "once, and its author is answered"


async def test_to_hosts(alice: Someone, bob: Someone, mallory: Someone, carol: Someone, meeting: Meeting) -> None:
    room = await full_room(meeting, alice=alice, bob=bob, mallory=mallory, carol=carol)
    await in_database(Participant.objects.filter(id=room.ids["carol"]).update, role="co_host")
    await room.sockets["bob"].ask("send-message", {"message": "Mallory is rude", "recipientType": "host"})
    expected = {"alice": ["new-message"], "bob": [], "mallory": [], "carol": ["new-message"]}
    assert await room.heard() == expected
    told = {name: await history(socket) for name, socket in room.sockets.items()}
    words = ["Mallory is rude"]
    assert told == {"alice": words, "bob": words, "mallory": [], "carol": words}


async def test_to_one(alice: Someone, bob: Someone, mallory: Someone, carol: Someone, meeting: Meeting) -> None:
    room = await full_room(meeting, alice=alice, bob=bob, mallory=mallory)
    private = {"message": "Just you", "recipientType": "private", "recipientId": room.ids["mallory"]}
    sent = await room.sockets["bob"].ask("send-message", private)
    assert (sent["recipientId"], sent["recipientName"]) == (room.ids["mallory"], "Mallory")
    assert await room.heard() == {"alice": [], "bob": [], "mallory": ["new-message"]}
    at_carols, _ = await carol.join(meeting)
    for socket, words in (
        (room.sockets["alice"], []),
        (room.sockets["bob"], ["Just you"]),
        (room.sockets["mallory"], ["Just you"]),
        (at_carols, []),
    ):
        assert await history(socket) == words
    await room.sockets["alice"].refusal("MESSAGE_NOT_FOUND", "delete-message", {"messageId": sent["messageId"]})
    await room.sockets["alice"].refusal("MESSAGE_NOT_FOUND", "chat-history", {"before": sent["messageId"]})


async def test_all_windows_of_a_person_say_the_same(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    room = await full_room(meeting, alice=alice, bob=bob)
    on_bobs_phone, _ = await bob.join(meeting)
    await room.sockets["bob"].ask("send-message", to_all("From my desk"))
    assert (await on_bobs_phone.push("new-message"))["mine"] is True
    private = {"message": "Bob?", "recipientType": "private", "recipientId": room.ids["bob"]}
    await room.sockets["alice"].ask("send-message", private)
    assert (await on_bobs_phone.push("new-message"))["mine"] is False
    assert (await room.heard())["bob"] == ["new-message"]
    assert await on_bobs_phone.pushes_so_far() == []


async def test_recipients_that_are_none(alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting) -> None:
    room = await full_room(meeting, alice=alice, bob=bob, mallory=mallory)
    await room.sockets["mallory"].ask("leave-meeting")
    at_bobs = room.sockets["bob"]
    to_one: Json = {"message": "Psst", "recipientType": "private"}
    for code, more in (
        ("NOT_IN_MEETING", {"recipientId": room.ids["mallory"]}),
        ("NOT_IN_MEETING", {"recipientId": str(uuid4())}),
        ("NOT_IN_MEETING", {"recipientId": "alice"}),
        ("BAD_REQUEST", {"recipientId": room.ids["bob"]}),
        ("BAD_REQUEST", {}),
        ("BAD_REQUEST", {"recipientType": "all", "recipientId": room.ids["alice"]}),
        ("BAD_REQUEST", {"recipientType": "everyone"}),
    ):
        await at_bobs.refusal(code, "send-message", to_one | more)
    at_mallorys = room.sockets["mallory"]
    for event, data in (
        ("send-message", to_all("I am still here")),
        ("chat-history", {}),
        ("typing", {"typing": True}),
        ("edit-message", {"messageId": str(uuid4()), "message": "x"}),
        ("delete-message", {"messageId": str(uuid4())}),
    ):
        await at_mallorys.refusal("NOT_IN_MEETING", event, data)
    assert (await room.heard())["alice"] == []


async def test_who_comes_late_reads_what_the_meeting_lets_them(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    room = await full_room(meeting, alice=alice, bob=bob)
    await room.sockets["alice"].ask("send-message", to_all("Before"))
    await room.sockets["bob"].ask("leave-meeting")
    await room.sockets["alice"].ask("send-message", to_all("Between"))
    at_mallorys, _ = await mallory.join(meeting)
    assert await history(at_mallorys) == ["Before", "Between"]

    await in_database(Meeting.objects.filter(id=meeting.id).update, chat_history=False)
    assert await history(at_mallorys) == []
    await room.sockets["alice"].ask("send-message", to_all("After"))
    assert await history(at_mallorys) == ["After"]
    at_bobs, _ = await bob.join(meeting)
    assert await history(at_bobs) == ["Before"], "what was written while he was there the first time"
    assert await history(room.sockets["alice"]) == ["Before", "Between", "After"]


async def test_the_past_is_read_in_pages(alice: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    for number in range(7):
        await at_alices.ask("send-message", to_all(f"{number}"))
    read: list[str] = []
    page = await at_alices.ask("chat-history", {"limit": 3})
    while True:
        read = [one["message"] for one in page["messages"]] + read
        if not page["more"]:
            break
        page = await at_alices.ask("chat-history", {"limit": 3, "before": page["messages"][0]["messageId"]})
    assert read == [f"{number}" for number in range(7)]
    await at_alices.refusal("BAD_REQUEST", "chat-history", {"limit": 51})
    await at_alices.refusal("MESSAGE_NOT_FOUND", "chat-history", {"before": "0"})


async def test_own_messages_are_changed_and_deleted(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    room = await full_room(meeting, alice=alice, bob=bob, mallory=mallory)
    at_bobs, at_mallorys = room.sockets["bob"], room.sockets["mallory"]
    which = {"messageId": (await at_bobs.ask("send-message", to_all("Helo")))["messageId"]}
    await at_mallorys.push("new-message")
    await at_mallorys.refusal("NOT_ALLOWED", "edit-message", {**which, "message": "I am Bob and a fool"})
    await room.sockets["alice"].refusal("NOT_ALLOWED", "edit-message", {**which, "message": "I am Bob and a fool"})
    await at_mallorys.refusal("NOT_ALLOWED", "delete-message", which)

    edited = await at_bobs.ask("edit-message", {**which, "message": "Hello"})
    assert edited["editedAt"] is not None
    assert await at_mallorys.push("message-edited") == {**edited, "mine": False}
    deleted = await at_bobs.ask("delete-message", which)
    assert deleted["message"] == ""
    assert await at_mallorys.push("message-deleted") == {**deleted, "mine": False}
    assert deleted["deletedAt"] is not None
    assert (await at_mallorys.ask("chat-history"))["messages"] == [{**deleted, "mine": False}]
    await at_bobs.refusal("MESSAGE_NOT_FOUND", "delete-message", which)
    await at_bobs.refusal("MESSAGE_NOT_FOUND", "edit-message", {**which, "message": "Hello again"})
    assert await in_database(trail, meeting) == [], "what one does to one's own is nobody's business"


async def test_hosts_delete_what_others_wrote(alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting) -> None:
    room = await full_room(meeting, alice=alice, bob=bob, mallory=mallory)
    sent = await room.sockets["mallory"].ask("send-message", to_all("You are all fools"))
    which = {"messageId": sent["messageId"]}
    assert (await room.sockets["alice"].ask("delete-message", which))["mine"] is False
    assert (await room.sockets["mallory"].push("message-deleted"))["mine"] is True
    expected = {"alice": ["new-message"], "bob": ["new-message", "message-deleted"], "mallory": []}
    assert await room.heard() == expected
    step, data = (await in_database(trail, meeting))[0]
    assert (step, data["by"]["displayName"], data["about"]["displayName"]) == ("message-deleted", "Alice", "Mallory")
    assert "fools" not in str(data)


async def test_who_may_not_write_to_all_writes_to_hosts(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    room = await full_room(meeting, alice=alice, bob=bob, mallory=mallory)
    at_bobs = room.sockets["bob"]
    before = await at_bobs.ask("send-message", to_all("Harmless"))
    await room.sockets["alice"].ask("set-permissions", {"participantId": room.ids["bob"], "chat": False})
    await room.heard()
    forbidden: list[tuple[str, Json]] = [
        ("send-message", to_all("Spam")),
        ("send-message", {"message": "Spam", "recipientType": "private", "recipientId": room.ids["mallory"]}),
        ("edit-message", {"messageId": before["messageId"], "message": "Spam"}),
        ("typing", {"typing": True}),
    ]
    for event, data in forbidden:
        await at_bobs.refusal("NOT_ALLOWED", event, data)
    assert await room.heard() == {"alice": [], "bob": [], "mallory": []}
    to_alice = {"recipientType": "private", "recipientId": room.ids["alice"]}
    await at_bobs.ask("typing", {"typing": True, **to_alice})
    await at_bobs.ask("send-message", {"message": "Why?", **to_alice})
    await at_bobs.ask("send-message", {"message": "Sorry", "recipientType": "host"})
    await at_bobs.ask("delete-message", {"messageId": before["messageId"]})
    heard = await room.heard()
    assert heard["alice"] == ["user-typing", "new-message", "new-message", "message-deleted"]
    assert heard["mallory"] == ["message-deleted"]


async def test_typing_is_told_to_those_it_is_for_and_kept_nowhere(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    room = await full_room(meeting, alice=alice, bob=bob, mallory=mallory)
    at_bobs = room.sockets["bob"]
    await at_bobs.ask("typing", {"typing": True})
    told = {"participantId": room.ids["bob"], "typing": True, "recipientType": "all"}
    assert await room.sockets["mallory"].push("user-typing") == told
    assert await room.heard() == {"alice": ["user-typing"], "bob": [], "mallory": []}
    await at_bobs.ask("typing", {"typing": True, "recipientType": "private", "recipientId": room.ids["mallory"]})
    await at_bobs.ask("typing", {"typing": False, "recipientType": "host"})
    assert await room.heard() == {"alice": ["user-typing"], "bob": [], "mallory": ["user-typing"]}
    assert await in_database(ChatMessage.objects.count) == 0


async def test_asking_again_writes_once(alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting) -> None:
    room = await full_room(meeting, alice=alice, bob=bob, mallory=mallory)
    once = {**to_all("Once"), "messageId": str(uuid4())}
    first = await room.sockets["bob"].ask("send-message", once)
    assert first["messageId"] == once["messageId"]
    assert await room.sockets["bob"].ask("send-message", once) == first
    await room.sockets["mallory"].refusal("NOT_ALLOWED", "send-message", once)
    assert await room.heard() == {"alice": ["new-message"], "bob": [], "mallory": ["new-message"]}
    assert await history(room.sockets["alice"]) == ["Once"]


async def test_floods_are_slowed(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    room = await full_room(meeting, alice=alice, bob=bob)
    at_bobs = room.sockets["bob"]
    for number in range(MESSAGES_AT_ONCE):
        await at_bobs.ask("send-message", to_all(f"{number}"))
    refused = await at_bobs.refusal("RATE_LIMITED", "send-message", to_all("One more"))
    assert 0 < refused.data["retryAfter"] <= 1
    for _ in range(TYPING_AT_ONCE):
        await at_bobs.ask("typing", {"typing": True})
    await at_bobs.refusal("RATE_LIMITED", "typing", {"typing": True})
    for _ in range(PAGES_AT_ONCE):
        await at_bobs.ask("chat-history", {"limit": 1})
    await at_bobs.refusal("RATE_LIMITED", "chat-history", {"limit": 1})
    assert (await room.heard())["alice"].count("new-message") == MESSAGES_AT_ONCE


async def test_words_that_are_none(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    room = await full_room(meeting, alice=alice, bob=bob)
    at_bobs = room.sockets["bob"]
    for words in ("", "  \n\t ", "x" * (LONGEST_MESSAGE + 1), "bell \x07", "nul \x00", "half \ud800", 7, None, ["x"]):
        await at_bobs.refusal("BAD_REQUEST", "send-message", {"message": words, "recipientType": "all"})
    await at_bobs.refusal("BAD_REQUEST", "send-message", {**to_all("As Alice"), "participantId": room.ids["alice"]})
    assert (await room.heard())["alice"] == []


async def test_markup_is_text_like_any_other(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    room = await full_room(meeting, alice=alice, bob=bob)
    words = "<script>alert(1)</script>\n<img src=x onerror=alert(1)> 😀 \u202e" + "😀" * 1000
    await room.sockets["bob"].ask("send-message", to_all(words))
    assert (await room.sockets["alice"].push("new-message"))["message"] == words
    assert await history(room.sockets["alice"]) == [words]


async def test_names_stay_with_what_was_written(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    room = await full_room(meeting, alice=alice, bob=bob)
    await room.sockets["bob"].ask("send-message", to_all("Bye"))
    await room.sockets["bob"].ask("leave-meeting")
    assert (await room.sockets["alice"].ask("chat-history"))["messages"][0]["displayName"] == "Bob"
    await in_database(Participant.objects.filter(id=room.ids["bob"]).delete)
    message = (await room.sockets["alice"].ask("chat-history"))["messages"][0]
    assert (message["displayName"], message["participantId"]) == ("Bob", None)


async def test_queries_do_not_grow(alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting) -> None:
    _, joined = await alice.join(meeting)
    by = UUID(joined["participantId"])

    def queries() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as writing:
            send_message(meeting.id, "Hello", Addressed("all"), by=by)
        with CaptureQueriesContext(connection) as reading:
            chat_history(meeting.id, None, 50, by=by)
        return len(writing), len(reading)

    alone = await in_database(queries)
    for one in (bob, mallory):
        socket, _ = await one.join(meeting)
        await socket.ask("send-message", to_all("Me too"))
    assert await in_database(queries) == alone
    # The transaction's two ends, who writes, the message, their other windows; who reads, the page, their stays.
    assert alone == (5, 3)
