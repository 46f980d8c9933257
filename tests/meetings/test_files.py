"""Files in the chat: sent with a message to those it is for, got by them alone, and gone with it."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient
from django.utils import timezone

from meetings.actions.tokens import make_token
from meetings.database import in_database
from meetings.files.storing import file_storage, sweep_files
from meetings.identity import Person
from meetings.models import ChatMessage, Meeting, Participant, SharedFile
from tests.meetings.conftest import Someone
from tests.meetings.socket_client import SignallingSocket
from tests.meetings.test_chat import Room, full_room
from tests.meetings.test_file_kinds import PNG

Json = dict[str, Any]
YEAR = timedelta(days=365)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """Where files lie."""
    cache.clear()
    settings.STORAGES = {
        **settings.STORAGES,
        "files": {"BACKEND": settings.STORAGES["files"]["BACKEND"], "OPTIONS": {"location": tmp_path}},
    }
    yield tmp_path
    vars(storages)["_storages"].pop("files", None)


def lying_in(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()]


def scanner(program: str) -> str:
    return shlex.join([sys.executable, "-c", f"import sys, time; said = sys.stdin.buffer.read(); {program}"])


def a_file(name: str = "photo.png", content: bytes = PNG, claimed: str = "text/html") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, claimed)


async def ticket_of(socket: SignallingSocket) -> Json:
    return {"Authorization": f"Ticket {(await socket.ask('file-ticket'))['ticket']}"}


async def send(meeting: Meeting, headers: Json, file: Any = None, **form: Any) -> Any:
    """What is answered to a file sent by whoever these headers show."""
    body = {"file": a_file() if file is None else file, "recipientType": "all", **form}
    return await AsyncClient().post(f"/api/meetings/{meeting.id}/files/", body, headers=headers)


async def get(file_id: str, headers: Json) -> tuple[int, bytes]:
    response = await AsyncClient().get(f"/files/{file_id}/", headers=headers)
    chunks: Any = response
    content = b"".join([chunk async for chunk in chunks]) if response.streaming else response.content
    if response.status_code == 404:
        assert response.json()["code"] == "FILE_NOT_FOUND"
    return response.status_code, content


async def who_gets(room: Room, file_id: str) -> dict[str, bool]:
    got = {name: (await get(file_id, await ticket_of(socket)))[0] for name, socket in room.sockets.items()}
    assert set(got.values()) <= {200, 404}
    return {name: status == 200 for name, status in got.items()}


async def refused(code: str, response: Any) -> int:
    assert response.json()["code"] == code, response.content
    status: int = response.status_code
    return status


async def test_to_everybody(alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting, folder: Path) -> None:
    room = await full_room(meeting, alice=alice, bob=bob)
    response = await send(meeting, await ticket_of(room.sockets["bob"]), message="Look")
    assert response.status_code == 201, response.content
    sent = response.json()
    file = sent["file"]
    assert file == {"id": file["id"], "name": "photo.png", "size": len(PNG), "type": "image/png", "gone": False}
    assert (sent["message"], sent["participantId"], sent["mine"]) == ("Look", room.ids["bob"], True)
    assert await room.sockets["alice"].push("new-message") == {**sent, "mine": False}
    assert (await room.sockets["alice"].ask("chat-history"))["messages"] == [{**sent, "mine": False}]
    assert await room.heard() == {"alice": [], "bob": []}, "once, and its author is answered"
    assert await get(file["id"], await ticket_of(room.sockets["alice"])) == (200, PNG)
    (lies,) = lying_in(folder)
    assert "photo" not in str(lies.relative_to(folder))

    at_mallorys, joined = await mallory.join(meeting)
    assert (await get(file["id"], await ticket_of(at_mallorys)))[0] == 200, "as the message that carries it"
    mallorys = await ticket_of(at_mallorys)
    await room.sockets["alice"].ask("remove-participant", {"participantId": joined["participantId"]})
    assert (await get(file["id"], mallorys))[0] == 404


async def test_to_hosts_or_one_alone(alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting) -> None:
    room = await full_room(meeting, alice=alice, bob=bob, mallory=mallory)
    bobs = await ticket_of(room.sockets["bob"])
    to_hosts = (await send(meeting, bobs, recipientType="host")).json()
    assert await who_gets(room, to_hosts["file"]["id"]) == {"alice": True, "bob": True, "mallory": False}
    to_one = (await send(meeting, bobs, recipientType="private", recipientId=room.ids["mallory"])).json()
    assert await who_gets(room, to_one["file"]["id"]) == {"alice": False, "bob": True, "mallory": True}
    assert await room.heard() == {"alice": ["new-message"], "bob": [], "mallory": ["new-message"]}


async def test_what_came_before_them_is_for_whom_the_meeting_has_it(
    alice: Someone, bob: Someone, meeting: Meeting
) -> None:
    at_alices, _ = await alice.join(meeting)
    sent = (await send(meeting, await ticket_of(at_alices))).json()
    at_bobs, _ = await bob.join(meeting)
    bobs = await ticket_of(at_bobs)
    assert (await get(sent["file"]["id"], bobs))[0] == 200
    await in_database(Meeting.objects.filter(id=meeting.id).update, chat_history=False)
    assert (await get(sent["file"]["id"], bobs))[0] == 404


async def test_who_may_not_write_to_everybody(alice: Someone, bob: Someone, meeting: Meeting, folder: Path) -> None:
    room = await full_room(meeting, alice=alice, bob=bob)
    await in_database(Participant.objects.filter(id=room.ids["bob"]).update, chat=False)
    bobs = await ticket_of(room.sockets["bob"])
    assert await refused("NOT_ALLOWED", await send(meeting, bobs)) == 403
    assert lying_in(folder) == []
    assert (await send(meeting, bobs, recipientType="host")).status_code == 201


async def test_sessions_tokens_and_tickets(
    alice: Someone, bob: Someone, carol: Someone, meeting: Meeting, other_meeting: Meeting
) -> None:
    await bob.join(meeting)
    at_carols, joined = await carol.join(meeting)
    client = AsyncClient(enforce_csrf_checks=True)
    client.cookies["sessionid"], client.cookies["csrftoken"] = bob.session_key, "c" * 32
    path, form = f"/api/meetings/{meeting.code}/files/", {"file": a_file(), "recipientType": "all"}
    assert (await client.post(path, form)).status_code == 403
    sent = (await client.post(path, {**form, "file": a_file()}, headers={"X-CSRFToken": "c" * 32})).json()
    assert sent["displayName"] == "Bob"

    carols = await in_database(User.objects.get, username="carol")
    person = Person(user_id=carols.pk)
    _, good = await in_database(make_token, person, "Good", ["chat:read", "chat:write"])
    _, other = await in_database(make_token, person, "Other", ["meetings:join"])
    by_program = (await send(meeting, {"Authorization": f"Bearer {good}"})).json()
    assert by_program["participantId"] == joined["participantId"]
    assert await at_carols.push("new-message") == {**sent, "mine": False}
    assert await at_carols.push("new-message") == by_program, "her page has not shared it"
    assert (await get(sent["file"]["id"], {"Authorization": f"Bearer {good}"}))[0] == 200
    assert await refused("NOT_ALLOWED", await send(meeting, {"Authorization": f"Bearer {other}"})) == 403
    assert (await get(sent["file"]["id"], {"Authorization": f"Bearer {other}"}))[0] == 403

    tickets = await ticket_of(at_carols)
    assert await refused("MEETING_NOT_FOUND", await send(other_meeting, tickets)) == 404
    assert await refused("NOT_AUTHENTICATED", await send(meeting, {"Authorization": "Ticket x.y.z"})) == 401
    assert await refused("MEETING_NOT_FOUND", await send(meeting, {})) == 404
    assert (await get(sent["file"]["id"], {}))[0] == 404
    assert (await get(str(uuid4()), tickets))[0] == 404
    at = AsyncClient()
    address = f"/files/{sent['file']['id']}/?ticket={tickets['Authorization'].removeprefix('Ticket ')}"
    assert (await at.get(address)).status_code == 200
    at.cookies["sessionid"] = alice.session_key
    assert await refused("NOT_IN_MEETING", await at.post(path, {**form, "file": a_file()})) == 404, "not there herself"
    assert (await at.get(f"/files/{sent['file']['id']}/")).status_code == 200, "the host's, there or not"


async def test_a_browser_saves_it_and_runs_nothing(alice: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    alices = await ticket_of(at_alices)
    sent = (await send(meeting, alices, a_file("שלום; %22x.html", b"alert(1)", "text/html"))).json()
    assert sent["file"]["name"] == "שלום; %22x.html.txt"
    response = await AsyncClient().get(f"/files/{sent['file']['id']}/", headers=alices)
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Content-Disposition"].startswith('attachment; filename="____; _22x.html.txt"; filename*=UTF-8')
    assert response["Cache-Control"] == "no-store"


async def test_what_is_not_taken(alice: Someone, meeting: Meeting, folder: Path, settings: Any) -> None:
    at_alices, _ = await alice.join(meeting)
    alices = await ticket_of(at_alices)
    for content in (b"MZ\x90\0", b"<svg onload='alert(1)'/>", b"\xd0\xcf\x11\xe0"):
        assert await refused("FILE_KIND", await send(meeting, alices, a_file("photo.png", content, "image/png"))) == 415
    assert await refused("BAD_REQUEST", await send(meeting, alices, a_file(content=b""))) == 400
    for more in ({"recipientType": "everyone"}, {"recipientId": "x"}, {"author": "Bob"}, {"messageId": "7"}):
        assert (await send(meeting, alices, a_file(), **more)).status_code in (400, 404)
    for form in ({"recipientType": "all"}, {"recipientType": "all", "other": a_file()}, {"file": "words"}):
        response = await AsyncClient().post(f"/api/meetings/{meeting.id}/files/", form, headers=alices)
        assert await refused("BAD_REQUEST", response) == 400
    settings.FILE_KINDS = ["pdf"]
    assert await refused("FILE_KIND", await send(meeting, alices)) == 415
    settings.FILE_KINDS = []
    settings.FILE_MEGABYTES = 1
    large = PNG + bytes(1024 * 1024)
    assert await refused("FILE_TOO_LARGE", await send(meeting, alices, a_file(content=large))) == 413
    settings.FILE_MEGABYTES = 0
    assert await refused("NOT_ALLOWED", await send(meeting, alices)) == 403
    assert lying_in(folder) == []
    assert await in_database(ChatMessage.objects.count) == 0


async def test_a_meeting_holds_so_many(alice: Someone, meeting: Meeting, folder: Path, settings: Any) -> None:
    at_alices, _ = await alice.join(meeting)
    alices = await ticket_of(at_alices)
    settings.MEETING_FILES = 2
    first = (await send(meeting, alices)).json()
    assert (await send(meeting, alices)).status_code == 201
    assert await refused("TOO_MANY_FILES", await send(meeting, alices)) == 409
    assert len(lying_in(folder)) == 2
    await at_alices.ask("delete-message", {"messageId": first["messageId"]})
    settings.MEETING_FILE_MEGABYTES = 1
    assert await refused("TOO_MANY_FILES", await send(meeting, alices, a_file(content=PNG + bytes(1024 * 1024)))) == 409
    assert (await send(meeting, alices)).status_code == 201


async def test_asking_again_shares_once(alice: Someone, bob: Someone, meeting: Meeting, folder: Path) -> None:
    room = await full_room(meeting, alice=alice, bob=bob)
    own_id = str(uuid4())
    first = await send(meeting, await ticket_of(room.sockets["bob"]), messageId=own_id)
    again = await send(meeting, await ticket_of(room.sockets["bob"]), messageId=own_id)
    assert first.json() == again.json()
    assert (await room.heard())["alice"] == ["new-message"]
    assert len(lying_in(folder)) == 1
    assert (
        await refused("NOT_ALLOWED", await send(meeting, await ticket_of(room.sockets["alice"]), messageId=own_id))
        == 403
    )


async def test_what_the_scanner_says(
    alice: Someone, bob: Someone, meeting: Meeting, folder: Path, settings: Any
) -> None:
    room = await full_room(meeting, alice=alice, bob=bob)
    bobs = await ticket_of(room.sockets["bob"])
    settings.SCAN_COMMAND = scanner("sys.exit(b'EICAR' in said)")
    assert await refused("FILE_INFECTED", await send(meeting, bobs, a_file("x.txt", b"EICAR"))) == 422
    for broken in (scanner("sys.exit(2)"), "/nonexistent/scanner", scanner("time.sleep(60)")):
        settings.SCAN_COMMAND, settings.SCAN_SECONDS = broken, 0.3
        response = await send(meeting, bobs)
        assert await refused("SCAN_FAILED", response) == 503
        assert response["Retry-After"] == "10"
    assert lying_in(folder) == []
    assert await room.heard() == {"alice": [], "bob": []}
    settings.SCAN_COMMAND, settings.SCAN_SECONDS = scanner("sys.exit(b'EICAR' in said)"), 30
    assert (await send(meeting, bobs)).status_code == 201
    assert (await room.heard())["alice"] == ["new-message"]


async def test_gone_with_its_message(alice: Someone, bob: Someone, meeting: Meeting, folder: Path) -> None:
    room = await full_room(meeting, alice=alice, bob=bob)
    sent = (await send(meeting, await ticket_of(room.sockets["bob"]))).json()
    await room.sockets["bob"].ask("edit-message", {"messageId": sent["messageId"], "message": "My photo"})
    assert (await room.sockets["alice"].ask("chat-history"))["messages"][0]["file"] == sent["file"]
    deleted = await room.sockets["alice"].ask("delete-message", {"messageId": sent["messageId"]})
    assert "file" not in deleted
    assert await who_gets(room, sent["file"]["id"]) == {"alice": False, "bob": False}
    assert lying_in(folder) == []
    assert await in_database(SharedFile.objects.count) == 0


async def test_gone_with_its_meeting(alice: Someone, meeting: Meeting, folder: Path) -> None:
    at_alices, _ = await alice.join(meeting)
    assert (await send(meeting, await ticket_of(at_alices))).status_code == 201
    await in_database(meeting.delete)
    assert lying_in(folder) == []


async def test_kept_for_a_time(alice: Someone, meeting: Meeting, folder: Path) -> None:
    at_alices, _ = await alice.join(meeting)
    alices = await ticket_of(at_alices)
    old, new = (await send(meeting, alices)).json(), (await send(meeting, alices)).json()
    files = SharedFile.objects.filter(id=old["file"]["id"])
    await in_database(files.update, shared_at=timezone.now() - timedelta(days=366))
    assert await in_database(sweep_files, YEAR) == 1
    told = [one["file"] for one in (await at_alices.ask("chat-history"))["messages"]]
    assert told == [{**old["file"], "gone": True}, new["file"]]
    assert [(await get(one["id"], alices))[0] for one in told] == [404, 200]
    assert len(lying_in(folder)) == 1
    assert await in_database(sweep_files, YEAR) == 0


async def test_what_belongs_to_nothing_is_swept(alice: Someone, meeting: Meeting, folder: Path) -> None:
    at_alices, _ = await alice.join(meeting)
    kept = (await send(meeting, await ticket_of(at_alices))).json()["file"]["id"]
    unclaimed = await in_database(file_storage().save, "ab/abcdef", BytesIO(PNG))
    orphan = (await send(meeting, await ticket_of(at_alices))).json()["file"]["id"]
    await in_database(ChatMessage.objects.filter(file=orphan).delete)
    assert await in_database(sweep_files, YEAR) == 0, "somebody may be about to claim them"

    await in_database(SharedFile.objects.update, shared_at=timezone.now() - timedelta(hours=2))
    old = (timezone.now() - timedelta(hours=2)).timestamp()
    os.utime(folder / unclaimed, (old, old))
    assert await in_database(sweep_files, YEAR) == 2
    (file,) = await in_database(lambda: list(SharedFile.objects.all()))
    assert str(file.id) == kept
    assert lying_in(folder) == [folder / file.place]
