"""Samples of a stretch in which all was well become one row; all others are written as they came."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from meetings.trace.calm import FIRST, Calm, one_sample
from meetings.trace.event import Event, Json
from tests.verdicts.traces import stream

TEN = 1_772_445_600.0


def sample(**parts: Any) -> Json:
    """What a page tells of five seconds in which all was well, and how busy the worker was; but for what is given."""
    whole: Json = {
        "seconds": 5,
        "up": {"kbps": 1200, "loss": 0, "rtt": 20, "jitter": 3, "fps": 30, "height": 720, "sources": {}},
        "down": {"kbps": 9000, "loss": 0.001, "jitter": 5, "height": 720, "layer": 1, "well": 19},
        "us": {"worker": 0, "cpu": 0.2, "lagMs": 2},
    }
    known = {
        name: {**part, **parts.pop(name, {})} if isinstance(part, dict) else parts.pop(name, part)
        for name, part in whole.items()
    }
    return {**known, **parts}


def written(samples: Iterable[Json], *, every: float = 5.0, ended: bool = True) -> list[Event]:
    """What becomes rows of samples that come one after another."""
    calm = Calm()
    told = [Event("page", "quality", "ok", TEN + every * place, data) for place, data in enumerate(samples)]
    found = [one for event in told for one in calm.take(event)]
    return [*found, *calm.end()] if ended else found


def seconds(events: list[Event]) -> list[float]:
    return [one.data["seconds"] for one in events]


def test_an_hour_in_which_all_is_well_is_a_row_for_each_quarter_of_a_minute() -> None:
    events = written(sample() for _ in range(720))
    assert seconds(events[:FIRST]) == [5, 5]
    assert set(seconds(events[FIRST:-1])) == {15}
    assert sum(seconds(events)) == 3600
    assert len(events) <= 720 / 3 + FIRST


def test_nothing_is_held_back_for_longer_than_a_stretch_nor_when_it_ends() -> None:
    assert seconds(written((sample() for _ in range(FIRST + 2)), ended=False)) == [5] * FIRST
    assert seconds(written(sample() for _ in range(FIRST + 2))) == [5, 5, 10]


def test_one_for_all_has_means_of_bitrates_the_worst_of_the_rest_and_sums() -> None:
    one = sample(up={"kbps": 1000, "loss": 0.01, "rtt": 30, "fps": 24}, spoke=1000)
    other = sample(seconds=10, up={"kbps": 1600, "loss": 0, "rtt": 20}, us={"cpu": 0.5})
    assert one_sample([one, other]) == sample(
        seconds=15, up={"kbps": 1400, "loss": 0.01, "rtt": 30, "fps": 24}, us={"cpu": 0.5}, spoke=1000
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"up": {"loss": 0.03}},
        {"up": {"limited": "cpu"}},
        {"up": {"jitter": 60}},
        {"up": {"sources": {"camera": {"kbps": 0, "loss": 0}}}},
        {"up": {"sources": {"camera": {"kbps": 90, "loss": 0, "limited": "bandwidth"}}}},
        {"down": {"loss": 0.03}},
        {"down": {"jitter": 60}},
        {"down": {"freezes": 1, "frozenMs": 300}},
        {"down": {"streams": [stream()]}},
        {"us": {"cpu": 0.95}},
        {"us": {"lagMs": 300}},
    ],
)
def test_what_is_wrong_is_written_at_once_and_so_is_what_tells_that_it_is_over(wrong: Json) -> None:
    good = [sample() for _ in range(FIRST + 2)]
    events = written([*good, sample(**wrong), *good])
    assert seconds(events) == [5, 5, 10, 5, 5, 5, 10]
    assert events[3].data == sample(**wrong)
    assert seconds(written([*good, sample(**wrong)], ended=False)) == [5, 5, 10, 5]


@pytest.mark.parametrize(
    "change",
    [
        {"down": {"layer": 0}},
        {"down": {"well": 18}},
        {"up": {"height": 360}},
        {"up": {"sources": {"mic": {"kbps": 30, "loss": 0}}}},
        {"us": {"worker": 1}},
    ],
)
def test_what_has_changed_begins_another_stretch(change: Json) -> None:
    events = written([*(sample() for _ in range(FIRST + 2)), *(sample(**change) for _ in range(2))])
    assert seconds(events) == [5, 5, 10, 10]


def test_a_time_of_which_nothing_is_known_begins_another_stretch() -> None:
    assert seconds(written((sample() for _ in range(FIRST + 2)), every=60.0)) == [5, 5, 5, 5]


def test_numbers_that_make_no_sense_are_written_as_they_came() -> None:
    deep: Json = {}
    for _ in range(900):
        deep = {"in": deep}
    strange: list[Json] = [
        sample(up={"kbps": float("inf")}),
        sample(up={"kbps": 10**400}),
        sample(up={"rtt": [1]}),
        sample(more=deep),
        {"seconds": "five", "down": 3},
        {},
    ]
    assert [one.data for one in written(strange * 4)] == strange * 4
