"""What is sent and does not arrive, and what is to come and does not."""

import pytest

from tests.verdicts.traces import (
    ADA,
    ASKED,
    BOB,
    CAMERA,
    CONSUMER,
    MIC,
    Trace,
    healthy_join,
    sending,
    stream,
    with_samples,
)

MIC_PAUSED = {"source": "mic", "producerId": MIC}
BOBS_CAMERA = {"participantId": BOB, "source": "camera", "consumerId": CONSUMER}


def waiting(source: str = "camera", packets: int = 0, frames: int = 0) -> Trace:
    """Something of Bob's has not come for five seconds at 20."""
    return healthy_join().add(
        20, "page", "no-media", "waiting",
        participantId=BOB, source=source, consumerId=CONSUMER, seconds=5.1, packets=packets, frames=frames,
    )  # fmt: skip


def seen(after: float, trace: Trace, **values: object) -> Trace:
    consumer = {"id": CONSUMER, "participantId": BOB, "source": "camera", "paused": False, "producerPaused": False}
    return trace.add(after, "node", "witness", hung=False, worker=0, consumers=[consumer | values], producers=[])


@pytest.mark.parametrize(("source", "verb"), [("mic", "heard"), ("camera", "seen")])
def test_nothing_of_a_device_reaches_us(source: str, verb: str) -> None:
    trace = sending().without("node", "first-rtp-in", source=source)
    assert trace.codes(ASKED + 5.2) == []
    verdict = trace.the("NOTHING_SENT", ASKED + 5.3)
    assert verdict.severity == "failing"
    assert verdict.to_participant.startswith(f"You cannot be {verb}: ")
    assert "over 5 seconds" in verdict.as_host_json("Ada")["sentence"]
    producer = MIC if source == "mic" else CAMERA
    trace.add(10, "node", "first-rtp-in", direction="send", source=source, producerId=producer)
    assert trace.codes(11) == []


def test_a_device_that_was_turned_off_is_not_waited_for() -> None:
    trace = sending().without("node", "first-rtp-in", source="mic")
    trace.add(5, "page", "microphone", "changed", on=False)
    assert trace.codes(20) == []


def test_what_is_paused_is_not_waited_for_and_after_that_not_at_once() -> None:
    trace = sending().without("node", "first-rtp-in", source="mic")
    trace.add(3.1, "node", "paused", "changed", source="mic", producerId=MIC, by="self", on=True)
    assert trace.codes(20) == []
    trace.add(21, "node", "paused", "changed", source="mic", producerId=MIC, by="self", on=False)
    assert trace.codes(25.9) == []
    assert trace.codes(26.1) == ["NOTHING_SENT"]


def test_a_screen_that_is_not_shown_any_more_is_not_waited_for() -> None:
    trace = healthy_join().add(20, "page", "sending", source="screen", producerId="s")
    assert trace.codes(25.2) == ["NOTHING_SENT"]
    assert trace.codes(29) == [], "the sample after knows no screen"


def test_packets_that_the_node_counted_tell_that_something_came() -> None:
    trace = sending().without("node", "first-rtp-in", source="mic")
    producers = [{"id": MIC, "source": "mic", "packets": 12}]
    trace.add(9, "node", "witness", hung=False, worker=0, producers=producers, consumers=[])
    assert trace.codes(10) == []


def test_a_camera_that_stops_sending_in_the_middle() -> None:
    dead = {"sources": {"camera": {"kbps": 0, "loss": 0.0}, "mic": {"kbps": 0, "loss": 0.0}}}
    trace = with_samples(healthy_join().until(21), 25, 40, up=dead)
    with_samples(trace, 40, 60)
    assert trace.codes(29) == []
    assert trace.codes(30) == ["NOTHING_SENT"]
    assert trace.codes(44) == ["NOTHING_SENT"]
    assert trace.codes(45) == []


def test_what_the_server_does_not_accept() -> None:
    trace = sending().without("page", "sending", source="camera").without("node", "first-rtp-in", source="camera")
    trace.add(4, "page", "sending", "failed", source="camera", code="PRODUCE_FAILED")
    trace.add(4, "web", "refused", "failed", event="produce", code="PRODUCE_FAILED", details="mid is taken")
    verdict = trace.the("NOTHING_SENT", 5)
    assert verdict.to_admin == "produce of camera was refused with PRODUCE_FAILED: mid is taken."
    trace.add(6, "page", "sending", source="camera", producerId=CAMERA)
    trace.add(6.1, "node", "first-rtp-in", direction="send", source="camera", producerId=CAMERA)
    assert trace.codes(7) == []


def test_a_format_that_the_server_does_not_know() -> None:
    trace = sending().add(4, "page", "sending", "failed", source="camera", code="CANNOT_PRODUCE")
    assert "does not know the format" in trace.the("CODEC_MISMATCH", 5).to_participant


def test_what_was_refused_for_want_of_a_room_is_explained_by_that() -> None:
    trace = healthy_join().add(20, "page", "sending", "failed", source="camera", code="ROUTER_NOT_FOUND")
    trace.add(20, "web", "refused", "failed", event="produce", code="ROUTER_NOT_FOUND", details="")
    assert trace.codes(21) == ["ROUTER_MISSING"]


def test_what_was_to_be_sent_and_was_not_is_waited_for() -> None:
    trace = sending().without("page", "sending", source="mic").without("node", "first-rtp-in", source="mic")
    assert trace.the("STILL_WAITING", ASKED + 5.2).evidence["step"] == "page sending mic"


def test_a_device_that_an_administrator_has_paused() -> None:
    trace = healthy_join().add(20, "node", "paused", "changed", **MIC_PAUSED, by="administrator", on=True)
    verdict = trace.the("PAUSED_BY_ADMINISTRATOR", 20.1)
    assert verdict.as_host_json("Ada")["sentence"] == (
        "Ada cannot be heard: an administrator has paused their microphone."
    )
    trace.add(25, "node", "paused", "changed", source="mic", producerId=MIC, by="administrator", on=False)
    assert trace.codes(25.1) == []


def test_a_device_that_the_page_shows_as_off_because_an_administrator_has_paused_it() -> None:
    trace = healthy_join().add(20, "node", "paused", "changed", **MIC_PAUSED, by="administrator", on=True)
    trace.add(20.1, "page", "microphone", "changed", on=False)
    assert trace.the("PAUSED_BY_ADMINISTRATOR", 21).source == "mic"
    trace.add(30, "page", "microphone", "changed", on=True)
    trace.add(30, "node", "paused", "changed", **MIC_PAUSED, by="administrator", on=False)
    assert trace.codes(31) == []


def test_what_has_a_successor_is_not_gone_over_to_again_when_it_closes() -> None:
    trace = healthy_join().add(20, "node", "paused", "changed", **MIC_PAUSED, by="administrator", on=True)
    trace.add(21, "page", "sending", source="mic", producerId="another")
    trace.add(21.1, "node", "first-rtp-in", direction="send", source="mic", producerId="another")
    trace.add(24, "node", "paused", "changed", **MIC_PAUSED, by="administrator", on=False)
    assert trace.codes(31) == []


def test_a_device_that_its_owner_has_paused_is_no_fault() -> None:
    trace = healthy_join().add(20, "node", "paused", "changed", source="mic", producerId=MIC, by="self", on=True)
    assert trace.codes(40) == []


def test_nothing_arrives_of_somebody() -> None:
    trace = waiting()
    assert trace.codes(19.9) == []
    verdict = trace.the("NOTHING_ARRIVES", 20.1, names={BOB: "Bob"})
    assert verdict.about == BOB
    assert verdict.to_participant == "The picture of Bob has not arrived for over 5 seconds."
    assert verdict.as_host_json("Ada")["sentence"] == "Ada gets no picture from Bob."
    trace.add(22, "page", "no-media", participantId=BOB, source="camera", consumerId=CONSUMER, seconds=7)
    assert trace.codes(23) == []


def test_nothing_arrives_and_where_it_is_lost() -> None:
    sent = seen(20.5, waiting(), packets=99)
    assert "lost on the way to the browser" in sent.the("NOTHING_ARRIVES", 21).to_admin
    none = seen(20.5, waiting(), packets=0)
    assert "none came in from its sender" in none.the("NOTHING_ARRIVES", 21).to_admin
    assert "not asked" in waiting().the("NOTHING_ARRIVES", 21).to_admin


def test_somebody_whose_name_is_not_known() -> None:
    assert "another participant" in waiting("mic").the("NOTHING_ARRIVES", 21).to_participant


def test_it_ends_with_the_first_picture_too() -> None:
    trace = waiting().add(22, "page", "first-frame", participantId=BOB, source="camera", ms=900)
    assert trace.codes(23) == []


def test_packets_arrive_and_no_picture() -> None:
    trace = waiting(packets=320)
    verdict = trace.the("NO_FRAME_DECODED", 20.1)
    assert verdict.to_admin.startswith(f"320 packets of camera of {BOB}")
    trace.add(22, "page", "no-media", participantId=BOB, source="camera", consumerId=CONSUMER)
    assert trace.codes(23) == []


def test_pieces_of_a_picture_that_begin_to_arrive_later() -> None:
    trace = waiting().until(20.1)
    trace.add(22, "page", "quality", seconds=5, down={"loss": 0, "streams": [stream(packets=40, frames=0)]})
    assert trace.codes(21) == ["NOTHING_ARRIVES"]
    assert trace.codes(23) == ["NO_FRAME_DECODED"]


def test_the_sender_has_paused_it() -> None:
    trace = seen(20.2, waiting(), producerPaused=True)
    assert trace.the("PAUSED_BY_SENDER", 20.3, names={BOB: "Bob"}).to_participant == (
        "The picture of Bob does not come: they have paused it."
    )
    assert seen(22, trace).codes(23) == ["NOTHING_ARRIVES"]


def test_the_receiver_s_page_has_paused_it() -> None:
    trace = seen(20.2, waiting(), paused=True)
    trace.the("PAUSED_BY_RECEIVER", 20.3)
    told = waiting().add(19, "node", "paused", "changed", source="camera", consumerId=CONSUMER, by="self", on=True)
    told.the("PAUSED_BY_RECEIVER", 20.3)
    told.add(21, "node", "paused", "changed", source="camera", consumerId=CONSUMER, by="self", on=False)
    assert told.codes(22) == ["NOTHING_ARRIVES"]


@pytest.mark.parametrize(("by", "stream"), [("administrator", "consumer"), ("administrator at the sender", "producer")])
def test_an_administrator_has_paused_it_whether_or_not_the_page_waits_for_it(by: str, stream: str) -> None:
    trace = healthy_join().add(19, "node", "paused", "changed", **BOBS_CAMERA, by=by, on=True)
    verdict = trace.the("PAUSED_BY_ADMINISTRATOR", 19.1, names={BOB: "Bob"})
    assert (verdict.about, verdict.source) == (BOB, "camera")
    assert verdict.to_participant == "The picture of Bob does not come: an administrator has paused it."
    assert verdict.to_admin.startswith(f"The {stream} of camera of {BOB} was paused")
    trace.add(20, "page", "no-media", "waiting", **BOBS_CAMERA, seconds=5.1, packets=0, frames=0)
    assert trace.codes(20.1) == ["PAUSED_BY_ADMINISTRATOR"]
    trace.add(21, "node", "paused", "changed", **BOBS_CAMERA, by=by, on=False)
    assert trace.codes(21.1) == ["NOTHING_ARRIVES"]


def test_both_pauses_of_administrators_have_to_end() -> None:
    trace = healthy_join()
    for by in ("administrator", "administrator at the sender"):
        trace.add(19, "node", "paused", "changed", **BOBS_CAMERA, by=by, on=True)
    trace.add(21, "node", "paused", "changed", **BOBS_CAMERA, by="administrator", on=False)
    assert trace.codes(22) == ["PAUSED_BY_ADMINISTRATOR"]
    trace.add(23, "node", "paused", "changed", **BOBS_CAMERA, by="administrator at the sender", on=False)
    assert trace.codes(24) == []


def test_what_an_administrator_has_paused_is_forgotten_with_the_connection_that_it_came_over() -> None:
    trace = healthy_join().add(19, "node", "paused", "changed", **BOBS_CAMERA, by="administrator", on=True)
    trace.add(21, "node", "announced", direction="recv", candidates=[])
    assert "PAUSED_BY_ADMINISTRATOR" not in trace.codes(22)


def test_what_somebody_does_not_want_to_receive_is_no_fault() -> None:
    trace = healthy_join().add(19, "node", "paused", "changed", **BOBS_CAMERA, by="self", on=True)
    assert trace.codes(40) == []


def test_a_verdict_names_what_it_is_about() -> None:
    assert sending().without("node", "first-rtp-in", source="camera").the("NOTHING_SENT", 10).source == "camera"
    assert waiting("mic").the("NOTHING_ARRIVES", 21).as_participant_json()["source"] == "mic"


def test_a_format_that_the_receiver_does_not_know() -> None:
    trace = healthy_join().add(
        20,
        "web",
        "refused",
        "failed",
        event="consume",
        code="CANNOT_CONSUME",
        details="no AV1",
        participantId=ADA,
        source="screen",
    )
    verdict = trace.the("CODEC_MISMATCH", 20.1, names={ADA: "Ada"})
    assert verdict.to_participant == "Your browser cannot show the shared screen of Ada: it does not know its format."
    assert trace.codes(41) == []


def test_several_people_are_told_each_for_themselves_the_longest_first() -> None:
    trace = waiting().add(21, "page", "no-media", "waiting", participantId=ADA, source="mic", seconds=5.2, packets=0)
    assert [(one.code, one.about) for one in trace.judge(22)] == [("NOTHING_ARRIVES", BOB), ("NOTHING_ARRIVES", ADA)]


def test_another_join_waits_for_nothing_of_the_last() -> None:
    trace = waiting().until(21)
    trace.events += [event for event in healthy_join(samples=False).events if event.at > trace.at(60)]
    trace.asks(30)
    assert trace.codes(30.1) == []


def test_a_quality_sample_of_something_strange_breaks_nothing() -> None:
    trace = healthy_join(samples=False)
    several: list[object] = [
        None,
        3,
        "x",
        [],
        {},
        {"loss": "much", "streams": 3, "sources": [1]},
        {"streams": [1, None]},
    ]
    for strange in several:
        trace.add(20, "page", "quality", seconds="x", up=strange, down=strange, us=strange)
    assert trace.codes(21) == []
