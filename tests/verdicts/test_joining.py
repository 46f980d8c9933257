"""Refused joins, and media servers that are not there, hang or lose what they had."""

import pytest

from meetings.verdicts import catalogue
from tests.verdicts.traces import ASKED, Trace, healthy_join, joined, opened

REFUSALS = [
    "MEETING_NOT_FOUND", "MEETING_ENDED", "MEETING_FULL", "MEETING_LOCKED", "MEETING_NOT_STARTED", "WRONG_PASSCODE",
    "MEETING_CANCELLED", "JOIN_DENIED", "REMOVED", "NOT_AUTHENTICATED", "NOT_ALLOWED", "BAD_REQUEST", "RATE_LIMITED",
    "INTERNAL_ERROR", "ACCOUNT_REQUIRED",
    "SERVICE_UNAVAILABLE",
]  # fmt: skip
MEDIA_REFUSALS = {
    "MEDIA_UNAVAILABLE": "NO_WORKER",
    "ROUTER_NOT_FOUND": "ROUTER_MISSING",
    "MEDIA_OVERLOADED": "MEDIA_OVERLOADED",
    "TRANSPORT_CREATION_FAILED": "TRANSPORT_CREATION_FAILED",
    "TRANSPORT_CONNECT_FAILED": "TRANSPORT_CONNECT_FAILED",
}


def asked() -> Trace:
    return opened().asks(ASKED, "mic")


@pytest.mark.parametrize("code", REFUSALS)
def test_a_refused_join(code: str) -> None:
    trace = asked().add(ASKED + 0.1, "web", "admitted", "failed", code=code, details="for that reason")
    assert trace.codes(ASKED + 0.2) == [code]
    assert trace.codes(ASKED + 60) == [code], "what follows is explained by it"
    trace.asks(ASKED + 70)
    assert trace.codes(ASKED + 71) == [], "another try"


def test_a_refusal_that_nobody_foresaw_is_told_as_such() -> None:
    trace = asked().add(ASKED + 0.1, "web", "admitted", "failed", code="NEW_CODE", details="")
    trace.the("INTERNAL_ERROR", 20)


def test_a_mistyped_passcode_is_nothing_that_failed() -> None:
    assert catalogue.cause("WRONG_PASSCODE").severity == "waiting"


@pytest.mark.parametrize(("code", "told"), MEDIA_REFUSALS.items())
def test_a_join_that_gets_no_place_for_media(code: str, told: str) -> None:
    trace = asked().add(ASKED + 0.02, "web", "admitted", resumed=False)
    trace.add(ASKED + 0.1, "web", "room", "failed", code=code, details="No media worker is running: it crashed.")
    verdict = trace.the(told, 20)
    assert verdict.severity == "failing"
    assert verdict.evidence["details"] == "No media worker is running: it crashed."
    trace.add(21, "web", "room", made=True, worker=0).add(21, "web", "joined").add(21.1, "page", "joined")
    assert trace.codes(22) == []


def test_a_media_server_that_does_not_answer_the_join() -> None:
    trace = asked().add(ASKED + 0.02, "web", "admitted", resumed=False)
    assert trace.codes(ASKED + 5) == []
    verdict = trace.the("NO_WORKER", ASKED + 5.1)
    assert "media_doctor" in verdict.admin_action
    trace.add(ASKED + 6, "web", "room", made=True, worker=0).add(ASKED + 6, "web", "joined")
    trace.add(ASKED + 6.1, "page", "joined")
    assert trace.codes(ASKED + 7) == []


def test_a_server_that_does_not_answer_at_all_is_waited_for() -> None:
    trace = asked()
    assert trace.codes(ASKED + 5) == []
    verdict = trace.the("STILL_WAITING", ASKED + 5.1)
    assert "the server to let you in" in verdict.to_participant
    assert verdict.evidence["step"] == "web admitted"


def test_an_answer_that_does_not_reach_the_page_is_waited_for() -> None:
    trace = joined().without("page", "joined", "transports", "connection")
    trace.without("node", "announced")
    assert trace.codes(ASKED + 5) == []
    assert trace.the("STILL_WAITING", ASKED + 5.2).evidence["step"] == "page joined"


def test_the_page_itself_says_that_it_waits_for_the_answer() -> None:
    trace = opened().add(ASKED + 5, "page", "joined", "waiting", seconds=5)
    assert "the server's answer" in trace.the("STILL_WAITING", ASKED + 5.1).to_participant


def test_what_nobody_foresaw_is_waited_for_by_its_name() -> None:
    trace = healthy_join().add(20, "page", "precall", "waiting", seconds=6)
    assert "Tested beforehand" in trace.the("STILL_WAITING", 20.1).to_participant
    trace.add(21, "page", "precall", "ok")
    assert trace.codes(22) == []


def test_something_else_that_was_refused_for_want_of_a_router() -> None:
    trace = healthy_join().add(20, "web", "refused", "failed", event="produce", code="ROUTER_NOT_FOUND", details="gone")
    verdict = trace.the("ROUTER_MISSING", 20.1)
    assert "produce" in verdict.to_admin
    assert trace.codes(41) == [], "it was not asked for again"
    trace.add(42, "web", "refused", "failed", event="consume", code="MEDIA_UNAVAILABLE", details="gone")
    assert trace.codes(43) == ["NO_WORKER"]
    trace.add(44, "web", "room", made=True).add(44, "web", "joined")
    assert trace.codes(45) == []


def test_a_worker_that_hangs() -> None:
    trace = healthy_join().add(20, "page", "connection", "failed", direction="send", state="disconnected")
    assert trace.codes(20.1) == ["MEDIA_LOST"]
    trace.add(21, "node", "witness", hung=True, worker=2, node="media-1", cpu=0.0, lagMs=2)
    verdict = trace.the("NO_WORKER", 21.1)
    assert "Worker 2 on media-1" in verdict.to_admin
    assert trace.codes(42) == ["MEDIA_LOST"], "what was seen long ago says nothing of now"
    trace.add(43, "node", "witness", hung=False, worker=2, node="media-1", cpu=0.2, lagMs=2)
    trace.add(43, "page", "connection", direction="send", state="connected")
    assert trace.codes(44) == []


def test_a_worker_that_died_is_not_told_as_one_that_hangs() -> None:
    """While it has no successor, its node says that it does not answer."""
    trace = healthy_join().add(20, "web", "media-lost", "failed", reason="the worker died")
    trace.add(20.5, "node", "witness", hung=True, worker=0, node="media-1")
    assert trace.codes(21) == ["MEDIA_LOST"]


def test_what_is_refused_while_media_are_lost_is_explained_by_that() -> None:
    trace = healthy_join().add(20, "web", "media-lost", "failed", reason="the worker died")
    trace.add(20.5, "web", "refused", "failed", event="produce", code="ROUTER_NOT_FOUND", details="")
    assert trace.codes(21) == ["MEDIA_LOST"]


def test_a_node_that_does_not_answer() -> None:
    trace = healthy_join().add(20, "page", "connection", "failed", direction="send", state="disconnected")
    trace.add(21, "node", "witness", "failed", code="MEDIA_UNAVAILABLE", details="The media node did not answer.")
    assert "did not answer" in trace.the("NO_WORKER", 22).to_admin
    trace.add(23, "web", "media-lost", "failed", reason="the link broke")
    assert trace.codes(24) == ["MEDIA_LOST"]
    trace.add(26, "web", "room", made=True, worker=0).add(26, "web", "joined")
    trace.add(26, "page", "connection", direction="send", state="connected")
    assert trace.codes(27) == []


def test_media_that_were_lost_with_their_worker() -> None:
    trace = healthy_join().add(20, "web", "media-lost", "failed", reason="the worker died")
    verdict = trace.the("MEDIA_LOST", 20.1)
    assert "the worker died" in verdict.to_admin
    trace.add(20.2, "page", "connection", "failed", direction="recv", state="disconnected")
    assert trace.codes(26) == ["MEDIA_LOST"]
    trace.add(27, "page", "connection", direction="recv", state="connected").add(27, "web", "media-restored")
    assert trace.codes(28) == []


def test_media_that_were_lost_and_taken_up_again_without_a_word() -> None:
    trace = healthy_join().add(20, "web", "media-lost", "failed", reason="the worker died").add(23, "web", "joined")
    assert trace.codes(22) == ["MEDIA_LOST"]
    assert trace.codes(24) == []


def test_media_that_move_are_not_lost() -> None:
    assert healthy_join().add(20, "web", "media-lost", "failed", reason="drained", moved=True).codes(21) == []


def test_a_worker_that_died_and_has_no_successor_is_told_as_that() -> None:
    trace = healthy_join().add(20, "web", "media-lost", "failed", reason="the worker died")
    trace.add(22, "web", "room", "failed", code="MEDIA_UNAVAILABLE", details="No media worker is running.")
    assert trace.codes(23) == ["NO_WORKER"]


def test_at_the_door_nothing_is_wrong_however_long_it_takes() -> None:
    trace = asked().add(ASKED + 0.1, "web", "admitted", "waiting", **{"for": "admission", "position": 1})
    for seconds in (1, 6, 60, 3600):
        assert trace.codes(ASKED + seconds) == []
    trace.add(ASKED + 3600, "web", "admitted", resumed=False)
    assert trace.codes(ASKED + 3610) == ["NO_WORKER"]
