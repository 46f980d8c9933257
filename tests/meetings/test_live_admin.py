"""Live media in the admin: who may look, who may act, and that each act is done, told and logged."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from media import names
from media.models import LiveMedia
from meetings.database import in_database
from meetings.models import Meeting
from tests.meetings.conftest import Someone
from tests.meetings.socket_client import SignallingSocket
from tests.node import rtp

Json = dict[str, Any]
PASSWORD = "a long enough one"

pytestmark = pytest.mark.django_db(transaction=True)


def url(name: str) -> str:
    return reverse(f"admin:media_livemedia_{name}")


def staff(name: str, *permissions: str) -> Client:
    """A signed-in client of somebody who works here."""
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    assert len(permissions) == user.user_permissions.count()
    client = Client()
    assert client.login(username=name, password=PASSWORD)
    return client


def looker() -> Client:
    return staff("looker", "view_livemedia")


def steerer() -> Client:
    return staff("steerer", "view_livemedia", "steer_livemedia")


def tree(client: Client, opened: list[str] | None = None) -> Json:
    body = json.dumps({"opened": opened or []})
    response = client.post(url("tree"), body, content_type="application/json")
    assert response.status_code == 200, response.content
    return response.json()  # type: ignore[no-any-return]


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    names.forget()


@dataclass(frozen=True)
class Call:
    """Alice sends to Bob."""

    meeting: Meeting
    alice: SignallingSocket
    bob: SignallingSocket
    mic: str
    send: str
    consumer: str

    def about(self, kind: str, object_id: str, act: str, **more: str) -> dict[str, str]:
        transport = self.send if kind == "producer" else ""
        return {"act": act, "kind": kind, "id": object_id, "transport": transport, "node": "", **more}


@pytest.fixture
async def call(alice: Someone, bob: Someone, meeting: Meeting) -> Call:
    at_alices, first = await alice.join(meeting)
    fast = {"rtpCapabilities": first["rtpCapabilities"], "dtlsParameters": rtp.DTLS}
    joined = await at_alices.ask("join-meeting", {"meetingId": str(meeting.id), **fast})
    sent = {"meetingId": str(meeting.id), "kind": "audio", "source": "mic", "rtpParameters": rtp.microphone()}
    mic = (await at_alices.ask("produce", sent))["producerId"]
    at_bobs, reply = await bob.join(meeting, **fast)
    (consumer,) = reply["consumers"]
    return Call(meeting, at_alices, at_bobs, mic, joined["transports"]["send"]["id"], consumer["id"])


async def test_who_may_look_and_who_may_act(media: None) -> None:
    def look() -> None:
        anybody, nobody, one = Client(), staff("nobody"), looker()
        for name in ("changelist", "load", "load_numbers", "trace", "seen", "act"):
            assert anybody.get(url(name)).status_code == 302, name
            assert nobody.get(url(name)).status_code in (302, 403), name
        assert anybody.post(url("tree"), "{}", content_type="application/json").status_code == 302
        assert nobody.post(url("tree"), "{}", content_type="application/json").status_code in (302, 403)

        assert one.get(url("changelist")).status_code == 200
        assert one.get(url("load")).status_code == 200
        assert tree(one)["nodes"][0]["workers"][0]["state"] == "up"
        act = {"act": "restart", "kind": "worker", "id": "0", "node": ""}
        assert one.get(url("act"), act).status_code == 403
        assert one.post(url("act"), act).status_code == 403
        assert '"acts": {}' in one.get(url("changelist")).content.decode()
        assert "Live media" in one.get(reverse("admin:index")).content.decode()
        assert LogEntry.objects.count() == 0

    await in_database(look)


async def test_who_may_not_look_does_not_see_that_it_is_there(media: None) -> None:
    def look() -> None:
        nobody = staff("nobody")
        assert "livemedia" not in nobody.get(reverse("admin:index")).content.decode()
        assert nobody.get(url("changelist")).status_code == 403

    await in_database(look)


async def test_tree_has_the_names_of_meetings_and_people(call: Call) -> None:
    def look() -> None:
        seen = tree(looker(), [call.send])
        meeting_id = str(call.meeting.id)
        name, link = seen["meetings"][meeting_id]
        assert name == f"Standup ({call.meeting.code})"
        assert link == reverse("admin:meetings_meeting_change", args=[call.meeting.id])
        assert sorted(text for text, _ in seen["people"].values()) == ["Alice", "Bob"]
        (router,) = (one for one in seen["nodes"][0]["workers"][0]["routers"] if one["meeting"] == meeting_id)
        opened = next(one for one in router["transports"] if one["id"] == call.send)
        assert [one["id"] for one in opened["producers"]] == [call.mic]
        assert all("producers" not in one for one in router["transports"] if one is not opened)

    await in_database(look)


async def test_confirmation_names_what_will_happen_to_whom_and_does_nothing_yet(call: Call) -> None:
    def ask() -> None:
        client = steerer()
        for kind, object_id, act, words in (
            ("producer", call.mic, "pause", "Nobody in Standup"),
            ("producer", call.mic, "close", "Alice&#x27;s microphone ends for everybody"),
            ("producer", call.mic, "trace", "is noted for 30 seconds"),
            ("consumer", call.consumer, "close", "Bob alone loses this"),
            ("transport", call.send, "close", "What Alice sends ends for everybody"),
            ("transport", call.send, "cap-incoming", "Alice&#x27;s browser is told to send at most this much"),
            ("worker", "0", "restart", "Another worker is started in place of worker 0"),
            ("worker", "0", "drain", "takes nobody new"),
        ):
            about = call.about(kind, object_id, act)
            if kind == "consumer":
                about["transport"] = consumers_transport(client, call)
            page = client.get(url("act"), about)
            assert page.status_code == 200, (kind, act)
            assert words in page.content.decode(), (kind, act, page.content.decode())
        assert tree(client, [call.send])["nodes"]
        assert LogEntry.objects.count() == 0

    await in_database(ask)
    await call.alice.ask("pause-producer", {"producerId": call.mic})


def consumers_transport(client: Client, call: Call) -> str:
    """The id of the transport over which Bob receives."""
    routers = tree(client)["nodes"][0]["workers"][0]["routers"]
    mine = (router for router in routers if router["meeting"] == str(call.meeting.id))
    transports = [one for router in mine for one in router["transports"]]
    return next(str(one["id"]) for one in transports if one["direction"] == "recv" and one["consumerCount"])


async def test_act_is_done_told_and_logged(call: Call) -> None:
    def pause() -> None:
        response = steerer().post(url("act"), call.about("producer", call.mic, "pause"))
        assert response.status_code == 302
        assert response["Location"] == f"{url('changelist')}?find={call.mic}&transport={call.send}"
        assert said(response) == [f"Paused Alice's microphone in Standup ({call.meeting.code})."]

    await in_database(pause)
    assert (await call.alice.push("producer-paused"))["producerId"] == call.mic
    assert (await call.bob.push("producer-paused"))["producerId"] == call.mic

    def log() -> None:
        (entry,) = LogEntry.objects.all()
        assert entry.user.get_username() == "steerer"
        assert entry.content_type is not None
        assert entry.content_type.model_class() is LiveMedia
        assert entry.object_id == f"producer:{call.send}:{call.mic}"
        assert entry.object_repr == f"Alice's microphone in Standup ({call.meeting.code})"
        assert (entry.action_flag, entry.change_message) == (CHANGE, f"Paused {entry.object_repr}.")
        client = Client()
        client.login(username="steerer", password=PASSWORD)
        assert entry.object_repr.replace("'", "&#x27;") in client.get(reverse("admin:index")).content.decode()
        assert (
            client.get(str(entry.get_admin_url()))
            .headers["Location"]
            .endswith(f"?find={call.mic}&transport={call.send}")
        )

    await in_database(log)


async def test_each_act_is_one_entry_and_a_bad_value_is_none(call: Call) -> None:
    def steer() -> None:
        client = steerer()
        capped = call.about("transport", call.send, "cap-incoming")
        for bad in ("", "-1", "7", "much", "9999999999"):
            page = client.post(url("act"), {**capped, "kilobits": bad})
            assert page.status_code == 200, bad
            assert "errorlist" in page.content.decode()
        assert (
            client.post(url("act"), {**call.about("producer", call.mic, "trace"), "types": "weather"}).status_code
            == 200
        )
        assert LogEntry.objects.count() == 0

        assert client.post(url("act"), {**capped, "kilobits": "300"}).status_code == 302
        traced = client.post(url("act"), {**call.about("producer", call.mic, "trace"), "types": ["sr", "nack"]})
        assert traced["Location"].startswith(url("trace"))
        assert client.get(traced["Location"]).status_code == 200
        seen = client.get(url("seen"), {"id": call.mic, "after": "0"}).json()
        assert (seen["running"], seen["types"]) == (True, ["nack", "sr"])
        consumer = {**call.about("consumer", call.consumer, "close"), "transport": consumers_transport(client, call)}
        assert client.post(url("act"), consumer).status_code == 302
        entries = list(LogEntry.objects.order_by("id").values_list("action_flag", "change_message"))
        standup = f"Standup ({call.meeting.code})"
        assert entries == [
            (CHANGE, f"Capped what is received Alice's sending transport in {standup} to 300 kbit/s."),
            (CHANGE, f"Traced Alice's microphone in {standup} for sr, nack."),
            (DELETION, f"Closed Alice's microphone on its way to Bob in {standup}."),
        ]

    await in_database(steer)
    assert (await call.bob.push("consumer-closed"))["consumerId"] == call.consumer


async def test_what_is_gone_meanwhile_is_said_and_not_logged(call: Call) -> None:
    await call.alice.ask("close-producer", {"producerId": call.mic})

    def act() -> None:
        client = steerer()
        for method in (client.get, client.post):
            response = method(url("act"), call.about("producer", call.mic, "pause"))
            assert response.status_code == 302
            assert said(response)[-1] == "Not done: this producer is gone."
        response = client.post(url("act"), {"act": "explode", "kind": "worker", "id": "0"})
        assert said(response)[-1] == "There is no such act."
        assert LogEntry.objects.count() == 0

    await in_database(act)


async def test_room_cannot_move_where_there_is_one_worker(call: Call) -> None:
    def move() -> None:
        client = steerer()
        routers = tree(client)["nodes"][0]["workers"][0]["routers"]
        room = next(one["id"] for one in routers if one["meeting"] == str(call.meeting.id))
        page = client.post(url("act"), {"act": "move", "kind": "router", "id": room, "node": "", "worker": ""})
        assert "No other worker of this node is up." in page.content.decode()
        assert LogEntry.objects.count() == 0

    await in_database(move)


async def test_what_the_node_refuses_is_said_and_not_logged(call: Call) -> None:
    await call.alice.ask("pause-producer", {"producerId": call.mic})

    def act() -> None:
        response = steerer().post(url("act"), call.about("producer", call.mic, "resume"))
        assert said(response) == ["Not done: Its owner paused this: nobody else turns it on again."]
        assert LogEntry.objects.count() == 0

    await in_database(act)


async def test_forms_of_other_sites_are_refused(call: Call) -> None:
    def act() -> None:
        steerer()
        client = Client(enforce_csrf_checks=True)
        assert client.login(username="steerer", password=PASSWORD)
        assert client.post(url("act"), call.about("producer", call.mic, "pause")).status_code == 403
        assert LogEntry.objects.count() == 0

    await in_database(act)


async def test_bad_requests_for_the_tree(media: None) -> None:
    def ask() -> None:
        client = looker()
        for body in ("no json", "[]", '{"opened": "all"}', '{"opened": [1]}', json.dumps({"opened": ["x"] * 5001})):
            assert client.post(url("tree"), body, content_type="application/json").status_code == 400, body
        assert client.get(url("tree")).status_code == 405
        assert client.get(url("seen"), {"id": "x", "after": "many"}).status_code == 404

    await in_database(ask)


@pytest.fixture
def no_node(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_SOCKET = str(tmp_path / "nobody.sock")
    settings.MEDIA_EMBEDDED = False


def test_when_no_node_answers_the_cause_is_said(no_node: None) -> None:
    client = steerer()
    assert client.get(url("changelist")).status_code == 200
    seen = tree(client)
    assert seen["nodes"] == []
    assert seen["silent"][0]["cause"]
    response = client.post(url("act"), {"act": "restart", "kind": "worker", "id": "0"})
    (sentence,) = said(response)
    assert sentence.startswith("Not done: the media node does not answer.")
    assert LogEntry.objects.count() == 0


async def test_meeting_leads_to_its_live_media(meeting: Meeting, media: None) -> None:
    def look() -> None:
        page = reverse("admin:meetings_meeting_change", args=[meeting.id])
        link = f"{url('changelist')}?meeting={meeting.id}"
        assert link in staff("both", "view_meeting", "view_livemedia").get(page).content.decode()
        assert link not in staff("one", "view_meeting").get(page).content.decode()

    await in_database(look)


async def test_pages_keep_to_the_policy(call: Call) -> None:
    """No style or script in the page itself: the policy forbids it."""

    def look() -> None:
        client = steerer()
        pages: list[tuple[str, dict[str, str]]] = [
            (url("changelist"), {}),
            (url("load"), {}),
            (url("trace"), {"id": call.mic}),
            (url("act"), call.about("producer", call.mic, "trace")),
        ]
        for path, query in pages:
            response = client.get(path, query)
            text = response.content.decode()
            assert "default-src 'self'" in response["Content-Security-Policy"]
            assert " style=" not in text, path
            assert " onclick=" not in text, path
            scripts = [tag for tag in text.split("<script")[1:] if 'src="' not in tag.split(">")[0]]
            assert all('type="application/json"' in tag.split(">")[0] for tag in scripts), path

    await in_database(look)
