"""Logs: a JSON object a line, with the ids by which a join is followed through everything, or lines for people."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from kcs.log import JsonLines, chosen_format
from media.link.frames import Request, decode_request, encode
from media.log_fields import log_with, logged_with, trace
from meetings.bot.site import Site
from tests.live.server import RunningServer
from tests.live.waiting import eventually
from tests.meetings.test_settings import settings_with
from tests.meetings.two_people import Visitor

log = logging.getLogger("media.of_this_test")

Json = dict[str, Any]

CONTRACT = (
    "Initializing 1 MediaSoup workers",
    "MediaSoup worker 0 initialized [pid:",
    "MediaSoup initialized with 1/1 workers",
    "Created router for meeting: ",
    "create-transport received meeting=",
    "Transport created meeting=",
    "transport-created sent meeting=",
)


Written = Callable[[], list[Json]]


@pytest.fixture
def written() -> Iterator[Written]:
    """What a logger of this test's own has written, read back: every line has to be an object."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    log.addHandler(handler)
    log.propagate = False
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    log.removeHandler(handler)


class TestJsonLines:
    def test_ids_of_what_is_being_done_and_of_the_record(self, written: Written) -> None:
        with logged_with(meeting="m-1", participant="", worker=0):
            log_with(attempt="a-1")
            log.warning('Trouble with "%s"\nand more', "…", extra={"transport": "t-1", "secret": "not for logs"})
        log.warning("After")
        first, second = written()
        assert first["message"] == 'Trouble with "…"\nand more'
        assert (first["level"], first["logger"]) == ("WARNING", "media.of_this_test")
        assert first["time"].endswith("+00:00")
        ids = {"meeting": "m-1", "attempt": "a-1", "worker": "0", "transport": "t-1"}
        assert ids.items() <= first.items()
        assert "participant" not in first
        assert "secret" not in first
        assert not ids.keys() & second.keys()

    def test_exception(self, written: Written) -> None:
        try:
            raise ValueError("nothing")
        except ValueError:
            log.exception("Failed")
        assert "ValueError: nothing" in written()[0]["exception"]

    def test_fault_what_cannot_be_written_as_json_is_written_as_text(self, written: Written) -> None:
        log.warning("Odd", extra={"meeting": Path("/m")})
        assert written()[0]["meeting"] == "/m"


class TestTheWayDownTheLink:
    def test_attempt_and_connection_travel(self) -> None:
        with logged_with(attempt="a-1", connection="c-1", meeting="m-1"):
            request = Request(1, "join-meeting", "m-1", "p-1", {}, trace())
        assert decode_request(encode(request)).trace == {"attempt": "a-1", "connection": "c-1"}

    @pytest.mark.parametrize("bad", [None, 7, [], {"attempt": 7}, {"meeting": "forged"}])
    def test_fault_a_trace_that_makes_no_sense_is_left_out(self, bad: Any) -> None:
        frame = {"id": 1, "verb": "status", "trace": bad}
        assert decode_request(json.dumps(frame)).trace == {}

    def test_fault_a_trace_without_end_is_cut(self) -> None:
        frame = {"id": 1, "verb": "status", "trace": {"attempt": "x" * 1000}}
        assert decode_request(json.dumps(frame)).trace == {"attempt": "x" * 64}


async def test_one_join_can_be_followed_through_everything() -> None:
    with RunningServer(MEDIASOUP_WORKERS="1", LOG_FORMAT="json", LOG_LEVEL="DEBUG") as server:
        site = Site(server.base_url)
        meeting = await site.create_meeting("Followed")
        bob = await Visitor.join(server.base_url, meeting["id"], "Bob")
        await bob.socket.request("create-transport", {"meetingId": meeting["id"], "direction": "send"})
        await bob.socket.close()

        def records() -> list[Json]:
            # What the command says to people is no log.
            return [json.loads(line) for line in server.log.splitlines() if line.startswith("{")]

        await eventually("the line", lambda: any("transport-created" in one["message"] for one in records()))
        said = records()
        for beginning in CONTRACT:
            assert any(one["message"].startswith(beginning) for one in said), beginning

        def one(beginning: str) -> Json:
            return next(one for one in said if one["message"].startswith(beginning))

        joined = one("Joined within")
        ids = {name: joined[name] for name in ("meeting", "participant", "attempt", "connection")}
        assert ids["meeting"] == meeting["id"]
        assert ids["participant"] == bob.participant_id
        assert "node" not in joined
        node = one("Initializing")["node"]
        for beginning in ("Created router", "create-transport received", "Transport created", "transport-created sent"):
            assert ids.items() <= one(beginning).items(), beginning
            assert one(beginning)["node"] == node
        for beginning in ("MediaSoup worker 0 initialized", "Created router", "Transport created"):
            assert one(beginning)["worker"] == "0", beginning
        assert one("Transport created")["transport"]
        assert "attempt" not in one("MediaSoup worker 0 initialized")
        assert not any(one["logger"].endswith(".websocket") for one in said), "what the library below the link says"

        # Each join is an attempt of its own, and a refused one says of which meeting.
        again = await Visitor.join(server.base_url, meeting["id"], "Cleo")
        await again.socket.close()
        attempts = {one["attempt"] for one in records() if one["message"].startswith("Joined within")}
        assert len(attempts) == 2


class TestTheChoice:
    def test_people_where_there_are_some(self, tmp_path: Path) -> None:
        assert settings_with(tmp_path)["LOG_FORMAT"] == "human"
        assert settings_with(tmp_path, SECRET_KEY="s")["LOG_FORMAT"] == "json"
        assert settings_with(tmp_path, SECRET_KEY="s", LOG_FORMAT="human")["LOG_FORMAT"] == "human"
        assert settings_with(tmp_path, LOG_FORMAT="json")["LOG_FORMAT"] == "json"

    def test_bad_input_is_named(self) -> None:
        with pytest.raises(ImproperlyConfigured, match="LOG_FORMAT is 'xml'; it can be human or json"):
            chosen_format("xml", by_default="human")
