"""Whose fault an interval was."""

import pytest

from meetings.verdicts.blame import whose_fault
from tests.verdicts.traces import ADA, BOB, Json, sample, stream

BAD_DOWN: Json = {"streams": [stream(loss=0.2), stream(source="mic", loss=0.2)]}


def test_a_good_interval_is_nobody_s_fault() -> None:
    blame = whose_fault(sample(), {BOB: sample(up={"loss": 0.4})})
    assert (blame.who, blame.sentence) == (None, "All was well.")


def test_the_sender_lost_it_on_the_way_to_us() -> None:
    blame = whose_fault(sample(down=BAD_DOWN), {BOB: sample(up={"loss": 0.18})}, names={BOB: "Bob"})
    assert (blame.who, blame.about) == ("sender", BOB)
    assert blame.sentence == "The sender's: Bob lost 18 % on the way to us."


@pytest.mark.parametrize(("limited", "words"), [("cpu", "busy device"), ("bandwidth", "too little bandwidth")])
def test_the_sender_could_not_send_better(limited: str, words: str) -> None:
    frozen = {"streams": [stream(freezes=2, frozenMs=1200)]}
    blame = whose_fault(sample(down=frozen), {BOB: sample(up={"limited": limited})})
    assert blame.who == "sender"
    assert words in blame.sentence


def test_the_receiver_lost_what_had_reached_us_whole() -> None:
    blame = whose_fault(sample(down=BAD_DOWN), {BOB: sample()})
    assert (blame.who, blame.about) == ("receiver", None)
    assert blame.sentence == "The receiver's: 20 % was lost, although it reached us whole."


def test_nothing_is_known_of_the_sender() -> None:
    blame = whose_fault(sample(down=BAD_DOWN), {})
    assert blame.who == "receiver"
    assert "nothing is known against the senders" in blame.sentence


@pytest.mark.parametrize("us", [{"cpu": 0.97, "lagMs": 2}, {"cpu": 0.1, "lagMs": 900}])
def test_the_worker_was_overloaded(us: Json) -> None:
    lossy = {BOB: sample(up={"loss": 0.18})}
    assert whose_fault(sample(down=BAD_DOWN), lossy, us).who == "us"
    assert whose_fault(sample(down=BAD_DOWN, us=us), lossy).who == "us"


def test_most_streams_decide() -> None:
    down = {"streams": [stream(loss=0.2), stream(ADA, loss=0.2), stream(ADA, "mic", loss=0.2)]}
    assert whose_fault(sample(down=down), {BOB: sample(up={"loss": 0.2}), ADA: sample()}).who == "receiver"
    assert whose_fault(sample(down=down), {ADA: sample(up={"loss": 0.2}), BOB: sample()}).about == ADA


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"jitter": 180}, "180 ms too late"),
        ({"frozenMs": 900}, "still for 0.9 seconds"),
        ({"loss": 0.05}, "5 % was"),
    ],
)
def test_what_counts_as_poor(values: Json, words: str) -> None:
    assert words in whose_fault(sample(down={"streams": [stream(**values)]}), {}).sentence


@pytest.mark.parametrize("values", [{"jitter": 60}, {"frozenMs": 300}, {"loss": 0.03}])
def test_what_does_not(values: Json) -> None:
    assert whose_fault(sample(down={"streams": [stream(**values)]}), {}).who is None
