"""What is measured: it begins within ten seconds, and does not flicker."""

import time

import pytest

from meetings.verdicts.judge import judge
from tests.verdicts.traces import ADA, BOB, Json, Trace, healthy_join, sample, stream, with_samples

BAD = 30.0
GOOD = 50.0
SLOW = {"captured": 12.4, "encoded": 7.6, "encodeMs": 110.2}
LOSSY = {"streams": [stream(loss=0.1), stream(source="mic", loss=0.1)]}
CASES: list[tuple[str, Json]] = [
    ("UPLINK_LOSS", {"up": {"loss": 0.08}}),
    ("DOWNLINK_LOSS", {"down": LOSSY}),
    ("WORKER_OVERLOADED", {"us": {"worker": 1, "cpu": 0.93, "lagMs": 4}}),
    ("WORKER_OVERLOADED", {"us": {"worker": 1, "cpu": 0.2, "lagMs": 400}}),
    ("SENDER_CPU", {"up": {"limited": "cpu"}}),
    ("SENDER_CPU", {"up": {"sources": {"camera": {"kbps": 90, "loss": 0, "limited": "cpu"}}}}),
]


def spell(**parts: Json) -> Trace:
    """Samples at 25 (good), 30 to 45 (bad), and from 50 on (good)."""
    trace = with_samples(healthy_join(samples=False), 10, BAD)
    return with_samples(with_samples(trace, BAD, GOOD, **parts), GOOD, 70)


@pytest.mark.parametrize(("code", "parts"), CASES)
def test_two_samples_begin_it_and_two_end_it(code: str, parts: Json) -> None:
    trace = spell(**parts)
    assert trace.codes(BAD) == []
    assert trace.codes(BAD + 4.9) == []
    assert trace.codes(BAD + 5) == [code], "ten seconds after the first bad interval began"
    assert trace.codes(GOOD + 4.9) == [code]
    assert trace.codes(GOOD + 5) == []
    assert trace.the(code, BAD + 10).severity == "impaired"


@pytest.mark.parametrize(("code", "parts"), CASES)
def test_one_bad_sample_is_nothing(code: str, parts: Json) -> None:
    trace = with_samples(healthy_join(samples=False), 10, 30)
    with_samples(trace, 30, 31, **parts)
    with_samples(trace, 35, 60)
    for after in range(10, 60):
        assert trace.codes(after) == []


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("UPLINK_LOSS", {"up": {"loss": 0.3}}),
        ("DOWNLINK_LOSS", {"down": {"streams": [stream(loss=0.3), stream(ADA, loss=0.3)]}}),
        ("WORKER_OVERLOADED", {"us": {"worker": 0, "cpu": 0.995, "lagMs": 0}}),
        ("SENDER_CPU", {"up": {"limited": "cpu", "sources": {"camera": {"limited": "cpu", **SLOW}}}}),
    ],
)
def test_a_severe_one_is_told_at_once(code: str, parts: Json) -> None:
    assert spell(**parts).codes(BAD) == [code]


@pytest.mark.parametrize(
    ("seconds", "limited", "encoded"),
    [
        pytest.param(2.0, "cpu", 7.6, id="the first sample, which is shorter"),
        pytest.param(5.0, "cpu", 12.0, id="few pictures are left out"),
        pytest.param(5.0, "bandwidth", 7.6, id="many are, for another reason"),
    ],
)
def test_a_device_that_is_slow_for_a_moment_is_not_yet_too_busy(seconds: float, limited: str, encoded: float) -> None:
    camera = {"limited": limited, **SLOW, "encoded": encoded}
    trace = with_samples(healthy_join(samples=False), 10, BAD)
    bad = sample(up={"limited": limited, "sources": {"camera": camera}}) | {"seconds": seconds}
    assert trace.add(BAD, "page", "quality", **bad).codes(BAD) == []


def test_a_severe_loss_of_one_sender_s_streams_is_not_yet_the_receiver_s() -> None:
    trace = spell(down={"streams": [stream(loss=0.4)]})
    assert trace.codes(BAD) == []
    assert trace.codes(BAD + 5, lossy_senders=frozenset({BOB})) == []
    assert trace.codes(BAD + 5) == ["DOWNLINK_LOSS"]


def test_the_sentences_name_the_loss() -> None:
    up = spell(up={"loss": 0.123, "rtt": 80}).the("UPLINK_LOSS", BAD + 6)
    assert "12 % of what you send" in up.to_participant
    assert "80 ms" in up.to_admin
    down = spell(down=LOSSY).the("DOWNLINK_LOSS", BAD + 6)
    assert "10 % of what is sent to you" in down.to_participant
    us = spell(us={"worker": 3, "cpu": 0.97, "lagMs": 12}).the("WORKER_OVERLOADED", BAD + 6)
    assert us.to_admin == "Worker 3 uses 97 % of a core, and its node's loop is late by 12 ms."


def test_the_sentences_name_what_is_encoded() -> None:
    known = {"limited": "cpu", "sources": {"camera": {"limited": "cpu", **SLOW}}}
    verdict = spell(up=known).the("SENDER_CPU", BAD + 6)
    assert "for over 5 seconds: it encodes 8 of the camera's 12 frames a second, in 110 ms each." in verdict.to_admin
    assert verdict.evidence["encodeMs"] == 110.2
    by_the_browser = spell(up={"limited": "cpu", "fps": 9}).the("SENDER_CPU", BAD + 6)
    assert "for over 5 seconds, and sends 9 frames a second." in by_the_browser.to_admin


def test_samples_that_no_longer_come_say_nothing_of_now() -> None:
    trace = spell(up={"loss": 0.3}).until(46)
    assert trace.codes(64) == ["UPLINK_LOSS"]
    assert trace.codes(66) == []


def test_an_overloaded_worker_explains_the_losses() -> None:
    trace = spell(up={"loss": 0.3}, down=LOSSY, us={"worker": 0, "cpu": 0.95, "lagMs": 300})
    assert trace.codes(BAD + 6) == ["WORKER_OVERLOADED"]


def test_both_ways_may_be_bad_at_once() -> None:
    assert spell(up={"loss": 0.1}, down=LOSSY).codes(BAD + 6) == ["UPLINK_LOSS", "DOWNLINK_LOSS"]


def test_a_sender_who_is_known_to_lose_packets_is_not_the_receiver_s_downlink() -> None:
    trace = spell(down=LOSSY)
    assert trace.codes(BAD + 6, lossy_senders=frozenset({BOB})) == []
    assert trace.codes(BAD + 6, lossy_senders=frozenset({ADA})) == ["DOWNLINK_LOSS"]


def test_where_the_picture_comes_whole_and_the_sound_does_not_it_is_the_sender_s_way() -> None:
    def of_bob(picture: float, packets: int) -> Json:
        told = [("camera", picture, packets), ("mic", 0.33, 160)]
        streams = [{"participantId": BOB, "source": name, "loss": loss, "packets": count} for name, loss, count in told]
        return {"loss": 0.2, "streams": streams}

    assert spell(down=of_bob(0.0, 70)).codes(BAD + 6) == []
    assert spell(down=of_bob(0.3, 70)).codes(BAD + 6) == ["DOWNLINK_LOSS"]
    assert spell(down=of_bob(0.0, 3)).codes(BAD + 6) == ["DOWNLINK_LOSS"], "three packets tell nothing"


def test_where_another_s_stream_comes_whole_it_is_not_the_downlink() -> None:
    assert spell(down={"streams": [stream(loss=0.2), stream(ADA)]}).codes(BAD + 6) == []
    both = {"streams": [stream(loss=0.2), stream(ADA, loss=0.15), stream(ADA, "mic", loss=0.15)]}
    assert spell(down=both).codes(BAD + 6) == ["DOWNLINK_LOSS"]


def test_senders_of_whom_all_comes_well_are_counted_though_nothing_else_is_told_of_them() -> None:
    lossy = [stream(loss=0.2), stream(ADA, loss=0.2)]
    assert spell(down={"streams": lossy, "well": 1}).codes(BAD + 6) == ["DOWNLINK_LOSS"]
    assert spell(down={"streams": lossy, "well": 3}).codes(BAD + 6) == []
    assert spell(down={"streams": [], "loss": 0.2, "well": 2}).codes(BAD + 6) == []


def test_a_downlink_whose_streams_have_just_begun() -> None:
    trace = spell(down={"loss": 0.3, "streams": []})
    assert trace.codes(BAD) == []
    assert trace.codes(BAD + 6) == ["DOWNLINK_LOSS"]
    assert trace.codes(BAD + 6, lossy_senders=frozenset({BOB})) == []


def test_three_hundred_events_are_judged_within_two_milliseconds() -> None:
    trace = healthy_join()
    with_samples(trace, 60, 60 + 5 * 240, up={"loss": 0.08}, down=LOSSY)
    assert len(trace.events) > 280
    now = trace.events[-1].at
    took = []
    for _ in range(30):
        began = time.process_time()
        judge(trace.events, now)
        took.append(time.process_time() - began)
    assert min(took) < 0.002
