"""The notes on the socket: written together, by those who may, and kept for the host."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import AsyncClient
from django.test.utils import CaptureQueriesContext

from meetings.actions import notes as notes_action
from meetings.actions.notes import edit_notes
from meetings.database import in_database
from meetings.models import Act, Meeting, Notes, NotesEdit
from meetings.protocol.shapes import LONGEST_NOTES
from meetings.signalling.session import EDITS_AT_ONCE
from tests.meetings.conftest import Someone
from tests.meetings.socket_client import Refused, SignallingSocket

Json = dict[str, Any]


def put(insert: str, at: int = 0, *, version: int = 0, delete: int = 0) -> Json:
    return {
        "version": version,
        "editId": str(uuid4()),
        "changes": [{"at": at, "delete": delete, "insert": insert}],
    }


async def test_written_together(alice: Someone, bob: Someone, carol: Someone, meeting: Meeting) -> None:
    at_alices, joined = await alice.join(meeting)
    at_bobs, _ = await bob.join(meeting)
    assert await at_bobs.ask("notes") == {"text": "", "version": 0}
    assert await at_alices.ask("edit-notes", put("Hello 🦊")) == {"version": 1, "since": []}
    changed = {"version": 1, "changes": [{"at": 0, "delete": 0, "insert": "Hello 🦊"}]}
    assert await at_bobs.push("notes-changed") == {"participantId": joined["participantId"], **changed}
    await at_alices.ask("edit-notes", put("!", 7, version=1))
    # Bob has not heard of that yet.
    answer = await at_bobs.ask("edit-notes", put(" Bob", 5, version=1))
    assert answer == {"version": 3, "since": [{"version": 2, "changes": [{"at": 7, "delete": 0, "insert": "!"}]}]}
    at_carols, _ = await carol.join(meeting)
    assert await at_carols.ask("notes") == {"text": "Hello Bob 🦊!", "version": 3}


async def test_at_the_same_moment(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    sockets = [(await one.join(meeting))[0] for one in (alice, bob)]

    async def write(socket: SignallingSocket, letters: str) -> list[int]:
        return [(await socket.ask("edit-notes", put(letter)))["version"] for letter in letters]

    versions = await asyncio.gather(write(sockets[0], "abcd"), write(sockets[1], "wxyz"))
    assert sorted(version for mine in versions for version in mine) == list(range(1, 9))
    told = await sockets[0].ask("notes")
    assert (sorted(told["text"]), told["version"]) == (sorted("abcdwxyz"), 8)


async def test_asking_again_writes_once(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, _ = await bob.join(meeting)
    await at_bobs.ask("edit-notes", put("Bob "))
    once = put("Once")
    first = await at_alices.ask("edit-notes", once)
    await at_bobs.ask("edit-notes", put("x", version=2))
    assert await at_alices.ask("edit-notes", once) == first
    assert (await at_bobs.ask("notes"))["text"] == "xBob Once"


async def test_who_may_write(alice: Someone, bob: Someone, meeting: Meeting, async_client: AsyncClient) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, joined = await bob.join(meeting)
    assert joined["meeting"]["notesBy"] == "everybody"
    async_client.cookies["sessionid"] = alice.session_key
    path = f"/api/meetings/{meeting.id}/"
    changed = await async_client.patch(path, {"notesBy": "presenters"}, content_type="application/json")
    assert changed.status_code == 200, changed.content
    assert (await at_bobs.push("meeting-updated"))["notesBy"] == "presenters"
    await at_bobs.refusal("NOT_ALLOWED", "edit-notes", put("Mine"))
    await at_alices.ask("edit-notes", put("Agenda"))
    assert (await at_bobs.ask("notes"))["text"] == "Agenda"
    await at_alices.ask("set-role", {"participantId": joined["participantId"], "role": "presenter"})
    await at_bobs.ask("edit-notes", put("The ", version=1))

    await at_alices.ask("end-meeting")
    await at_bobs.refusal("NOT_IN_MEETING", "notes")
    assert (await async_client.get(f"{path}notes")).json() == {"text": "The Agenda", "version": 2}
    text = await async_client.get(f"{path}notes.txt")
    assert (text.content, text["Content-Type"]) == (b"The Agenda", "text/plain; charset=utf-8")
    assert text["Content-Disposition"] == f'attachment; filename="notes-{meeting.code}.txt"'
    async_client.cookies["sessionid"] = bob.session_key
    assert (await async_client.get(f"{path}notes")).status_code in (404, 410)


async def test_a_host_says_who_writes(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, _ = await bob.join(meeting)
    for who, code in (("presenters", "NOT_ALLOWED"), ("everybody", "")):
        assert await at_alices.ask("set-notes-by", {"notesBy": who}) == {"notesBy": who}
        assert (await at_bobs.push("meeting-updated"))["notesBy"] == who
        # Once more changes nothing, and is told to nobody.
        await at_alices.ask("set-notes-by", {"notesBy": who})
        if code:
            await at_bobs.refusal(code, "edit-notes", put("Mine"))
    await at_bobs.ask("edit-notes", put("Mine"))
    assert "meeting-updated" not in await at_bobs.pushes_so_far()
    await at_bobs.refusal("NOT_ALLOWED", "set-notes-by", {"notesBy": "presenters"})
    await at_alices.refusal("BAD_REQUEST", "set-notes-by", {"notesBy": "nobody"})
    acts = await in_database(lambda: list(Act.objects.filter(meeting=meeting, step="notes-by").order_by("at", "id")))
    assert [(act.data["who"], act.data["by"]["displayName"]) for act in acts] == [
        ("presenters", "Alice"),
        ("everybody", "Alice"),
    ]


async def test_edits_that_are_none(alice: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    await at_alices.ask("edit-notes", put("Words"))
    good = put("x", version=1)
    (change,) = good["changes"]
    for bad in (
        {**good, "changes": []},
        {**good, "changes": [change] * 21},
        {**good, "changes": [{**change, "at": 6}]},
        {**good, "changes": [{**change, "at": 2, "delete": 4}]},
        {**good, "changes": [{**change, "at": -1}]},
        {**good, "changes": [{**change, "delete": -1}]},
        {**good, "changes": [{**change, "at": 1.5}]},
        {**good, "changes": [{**change, "at": 3}, {**change, "at": 1}]},
        {**good, "changes": [{**change, "insert": "x" * 10_001}]},
        {**good, "changes": [{**change, "insert": "nul \x00"}]},
        {**good, "changes": [{**change, "insert": "half \ud800"}]},
        {**good, "changes": "x"},
        {**good, "version": -1},
        {**good, "version": True},
        {**good, "editId": "1"},
    ):
        await at_alices.refusal("BAD_REQUEST", "edit-notes", bad)
    for version in (2, 10**9):
        await at_alices.refusal("NOTES_MOVED_ON", "edit-notes", {**good, "version": version})
    assert await at_alices.ask("notes") == {"text": "Words", "version": 1}


async def test_what_nobody_knows_any_more(alice: Someone, meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes_action, "KEPT_EDITS", 3)
    at_alices, _ = await alice.join(meeting)
    for version in range(5):
        await at_alices.ask("edit-notes", put("x", version=version))
    assert await in_database(NotesEdit.objects.count) == 3
    await at_alices.refusal("NOTES_MOVED_ON", "edit-notes", put("y", version=1))
    await at_alices.ask("edit-notes", put("y", version=2))


async def test_they_hold_so_much(alice: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    full = "🦊" * (LONGEST_NOTES - 1)
    await in_database(Notes.objects.create, meeting=meeting, text=full, version=7)
    await at_alices.refusal("NOTES_FULL", "edit-notes", put("xy", version=7))
    assert (await at_alices.ask("edit-notes", put("x", LONGEST_NOTES - 1, version=7)))["version"] == 8
    assert (await at_alices.ask("notes"))["text"] == f"{full}x"


async def test_floods_are_slowed(alice: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    codes: list[str] = []
    # What is allowed grows while it asks, though more slowly than it asks.
    while "RATE_LIMITED" not in codes and len(codes) < 10 * EDITS_AT_ONCE:
        with pytest.raises(Refused) as refused:
            await at_alices.ask("edit-notes", put("x", version=5))
        codes.append(refused.value.code)
    assert codes[:EDITS_AT_ONCE] == ["NOTES_MOVED_ON"] * EDITS_AT_ONCE
    assert codes[-1] == "RATE_LIMITED"
    assert 0 < refused.value.data["retryAfter"] <= 1


async def test_queries_do_not_grow(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    _, joined = await alice.join(meeting)
    by = UUID(joined["participantId"])

    def queries(version: int) -> int:
        with CaptureQueriesContext(connection) as asked:
            change = {"at": 0, "delete": 0, "insert": "x"}
            edit_notes(meeting.id, version, [change], uuid4(), by=by)
        return len(asked)

    await in_database(queries, 0)
    alone = await in_database(queries, 1)
    for version in range(2, 8):
        await in_database(queries, version)
    await bob.join(meeting)
    assert await in_database(queries, 3) == alone
