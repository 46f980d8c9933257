"""A join that goes well is told nothing, whenever one looks."""

import pytest

from meetings.trace.event import Event
from meetings.verdicts.judge import judge
from tests.verdicts.traces import ASKED, LENGTH, MIC, Trace, connected, healthy_join, joined, moments, opened, sending


def test_a_healthy_join_is_well_at_any_moment() -> None:
    trace = healthy_join()
    for after in moments(LENGTH + 30):
        assert trace.codes(after) == [], after


def test_a_healthy_join_is_well_while_the_page_tells_its_steps_late() -> None:
    """They are held back while the join is on its way, and gathered for two seconds after."""
    trace = healthy_join()

    def arrived(event: Event, now: float) -> bool:
        return event.side != "page" or event.at + 2.4 <= now

    for after in moments():
        now = trace.at(after)
        assert judge([event for event in trace.events if arrived(event, now)], now) == [], after


def test_a_page_that_tells_nothing_is_well_by_what_the_server_saw() -> None:
    trace = healthy_join()
    trace.events = [event for event in trace.events if event.side != "page"]
    for after in moments():
        assert trace.codes(after) == [], after


def test_a_server_whose_node_tells_nothing_is_well_by_what_the_page_saw() -> None:
    trace = healthy_join()
    trace.events = [event for event in trace.events if event.side != "node"]
    for after in moments():
        assert trace.codes(after) == [], after


@pytest.mark.parametrize("stage", [opened, joined, connected, sending])
def test_no_stage_is_wrong_before_five_seconds_of_waiting(stage: type[Trace]) -> None:
    trace = stage()
    for after in moments(ASKED + 5):
        assert trace.codes(after) == [], after


def test_the_order_in_which_events_are_given_does_not_matter() -> None:
    trace = (
        healthy_join()
        .without("node", "first-stun", "dtls", "selected-tuple")
        .without("page", "connection", state="connected")
    )
    there, back = judge(trace.events, trace.at(20)), judge(trace.events[::-1], trace.at(20))
    assert there
    assert there == back


def test_a_camera_that_is_turned_off_and_on_again_is_well() -> None:
    trace = healthy_join().add(20, "page", "camera", "changed", on=False).add(25, "page", "camera", on=True)
    trace.add(25.2, "node", "first-rtp-in", direction="send", source="camera", producerId="another")
    trace.add(25.1, "page", "sending", source="camera", producerId="another")
    for after in moments():
        assert trace.codes(after) == [], after
    trace.without("page", "sending", producerId="another")
    assert trace.codes(28) == [], "the page tells it a little later"


def test_a_microphone_that_is_off_from_the_beginning_is_well() -> None:
    trace = healthy_join().without("page", "microphone").without("node", "first-rtp-in", source="mic")
    trace.add(1, "page", "microphone", on=False)
    trace.add(ASKED + 0.1, "node", "paused", "changed", source="mic", producerId=MIC, by="self", on=True)
    for after in moments():
        assert trace.codes(after) == [], after


@pytest.mark.parametrize("off", [-8.0, 1.5])
def test_a_node_whose_clock_is_off_makes_nothing_wrong(off: float) -> None:
    trace = healthy_join()

    def by_its_clock(event: Event) -> Event:
        return Event(event.side, event.step, event.outcome, event.at + off * (event.side == "node"), event.data)

    for after in moments():
        assert judge([by_its_clock(event) for event in trace.happened(after)], trace.at(after)) == [], after


def test_a_room_outside_of_any_meeting_answers_no_join() -> None:
    """As the test page has it."""
    trace = opened().add(1, "web", "room", made=True, ms=7).add(1.2, "page", "transports", turn=False, policy="all")
    for direction in ("send", "recv"):
        trace.add(1.3, "page", "connection", "changed", direction=direction, state="connecting")
        trace.add(1.4, "page", "connection", "changed", direction=direction, state="connected")
    trace.add(2, "page", "first-frame", source="camera", ms=190)
    for after in moments():
        assert trace.codes(after) == [], after


def test_a_person_alone_who_sends_nothing_waits_for_nothing() -> None:
    trace = joined().without("page", "connection", "sending", "microphone", "camera")
    trace.without("page", "join-asked").asks(ASKED)
    assert trace.codes(40) == []


def test_leaving_is_no_fault() -> None:
    trace = healthy_join().until(20)
    trace.add(20, "page", "connection", "changed", direction="send", state="closed")
    trace.add(20, "node", "dtls", "changed", direction="send", state="closed")
    trace.add(20, "node", "ice", "changed", direction="send", state="closed")
    trace.add(20.1, "page", "page-closed").add(20.2, "web", "ended", reason="left")
    assert trace.codes(60) == []


def test_a_resume_over_another_socket_is_well() -> None:
    trace = healthy_join().add(20, "page", "socket-lost", "changed", closeCode=1006)
    trace.add(22, "page", "socket", ms=40).add(22, "web", "socket-open", address="203.0.113.9", host="meet.example.org")
    trace.add(22.1, "web", "admitted", resumed=True).add(22.2, "web", "room", made=False).add(22.3, "web", "joined")
    for after in moments():
        assert trace.codes(after) == [], after


def test_media_taken_up_afresh_are_well() -> None:
    """As when the node moves a meeting: old transports close after the new ones are there."""
    trace = healthy_join()
    again = [event for event in connected().events if event.at >= trace.at(ASKED + 0.03) and event.step != "joined"]
    trace.events += [Event(one.side, one.step, one.outcome, one.at + 27, one.data) for one in again]
    trace.add(31, "page", "connection", "changed", direction="send", state="closed")
    for source in ("mic", "camera"):
        trace.add(30.2, "page", "sending", source=source, producerId=source)
        trace.add(30.4, "node", "first-rtp-in", direction="send", source=source, producerId=source)
    for after in moments():
        assert trace.codes(after) == [], after
