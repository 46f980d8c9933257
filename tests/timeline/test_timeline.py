"""A meeting's timeline, from events alone: who was there, what went wrong, and whose fault it was."""

from __future__ import annotations

import json
from typing import Any

import pytest

from meetings.timeline.export import as_json, sample_rows, trouble_rows
from meetings.timeline.person import Person
from meetings.timeline.reading import reading_of
from meetings.timeline.series import pieces, points
from meetings.timeline.timeline import Timeline, timeline
from meetings.timeline.told import Told, Who
from meetings.trace.event import Event
from tests.timeline.traces import EVERY, TEN, a_sample, a_stay, a_stream, merged, participant_id, whose

FREEZE: dict[str, Any] = {"frozenMs": 4000, "freezes": 2, "loss": 0.12}


def a_meeting(ada: Any, bob: Any, *more: list[Told], lasts: float = 120) -> Timeline:
    """Ada and Bob, with what `ada(at)` and `bob(at)` measure."""
    told = merged(a_stay("Ada", TEN, TEN + lasts, ada), a_stay("Bob", TEN + 1, TEN + lasts, bob), *more)
    found = timeline(told, whose("Ada", "Bob", "Carol"), TEN + lasts + 60)
    assert found is not None
    return found


def person(whole: Timeline, name: str) -> Person:
    return next(one for one in whole.people if one.name == name)


def well(name: str) -> Any:
    """Samples of somebody who sees `name` well."""
    return lambda at: a_sample(at, streams=[a_stream(name), a_stream(name, "mic")])


def is_in(at: float, *windows: tuple[float, float]) -> bool:
    return any(TEN + begin < at <= TEN + end for begin, end in windows)


def test_a_call_that_went_well() -> None:
    whole = a_meeting(well("Bob"), well("Ada"))
    assert [one.name for one in whole.people] == ["Ada", "Bob"]
    assert (whole.begins, whole.ends) == (TEN, TEN + 120)
    assert person(whole, "Bob").summary == "Bob's call went well."
    assert person(whole, "Bob").troubles == []


def test_whose_uplink_and_whose_downlink_froze_the_pictures() -> None:
    """Twice Ada's uplink loses packets while Bob's pictures stand still, once only Bob is hit."""
    hers, his = ((20, 25), (60, 65)), (90, 95)

    def ada(at: float) -> Event:
        return a_sample(at, loss=0.2 if is_in(at, *hers) else 0.0, streams=[a_stream("Bob")])

    def bob(at: float) -> Event:
        bad = is_in(at - 1, *hers, his)
        return a_sample(at, streams=[a_stream("Ada", **FREEZE) if bad else a_stream("Ada")])

    whole = a_meeting(ada, bob)
    bobs = person(whole, "Bob")
    assert [one.fault.whose for one in bobs.troubles] == ["sender", "sender", "receiver"]
    assert bobs.summary == (
        "Bob's pictures stood still for 12 s in 3 intervals; in 2 of them Ada's uplink lost packets, "
        "in 1 it was Bob's own network."
    )
    assert "Ada lost 20 %" in bobs.troubles[0].fault.sentence
    adas = person(whole, "Ada")
    assert adas.summary == "Up to 20 % of what Ada sent was lost in 2 intervals."
    assert {one.fault.whose for one in adas.troubles} == {"sender"}


def test_an_overloaded_worker_is_our_fault() -> None:
    busy = {"worker": 0, "cpu": 0.98, "lagMs": 400}

    def bob(at: float) -> Event:
        bad = is_in(at, (20, 40))
        return a_sample(at, us=busy if bad else None, streams=[a_stream("Ada", **(FREEZE if bad else {}))])

    bobs = person(a_meeting(well("Bob"), bob), "Bob")
    assert [one.fault.whose for one in bobs.troubles] == ["us"]
    assert bobs.summary.endswith("in 1 interval: our worker was overloaded.")


def test_a_computer_that_is_too_busy_is_the_sender_s_fault() -> None:
    def ada(at: float) -> Event:
        return a_sample(at, limited="cpu" if is_in(at, (20, 50)) else "none", streams=[a_stream("Bob")])

    def bob(at: float) -> Event:
        return a_sample(at, streams=[a_stream("Ada", frozenMs=900 if is_in(at, (20, 50)) else 0)])

    whole = a_meeting(ada, bob)
    assert person(whole, "Bob").troubles[0].fault.clause == "Ada's computer was too busy"
    assert person(whole, "Ada").summary == "Ada's computer could not keep up with the camera for 30 s."


def test_loss_without_a_standstill_and_packets_that_come_late() -> None:
    def bob(at: float) -> Event:
        loss, jitter = (0.08, 4) if is_in(at, (20, 30)) else (0.0, 180) if is_in(at, (70, 80)) else (0.0, 4)
        return a_sample(at, streams=[a_stream("Ada", "mic", loss=loss, jitter=jitter)])

    bobs = person(a_meeting(well("Bob"), bob), "Bob")
    assert [one.stretch.kind for one in bobs.troubles] == ["lossy-down", "late"]
    assert "Up to 8 % of what Bob received was lost" in bobs.summary
    assert "What Bob received came up to 180 ms late" in bobs.summary


def test_a_sample_of_a_long_stretch_is_drawn_over_all_of_it() -> None:
    """What is well is kept for a quarter of a minute at a time, and a short meeting has a point for each 5 seconds."""
    whole = {"seconds": 15, "up": {"kbps": 900, "loss": 0}, "down": {"kbps": 50, "height": 720, "layer": 1}}
    events = [Event("page", "quality", "ok", TEN + at, {**whole, "spoke": 9000}) for at in (15, 30)]
    readings = [reading_of(one) for one in events]
    drawn = points(readings, TEN, 5)
    assert [one.at - TEN for one in drawn] == [2.5, 7.5, 12.5, 17.5, 22.5, 27.5]
    assert {(one.up_kbps, one.seen_height, one.layer, one.spoke_ms) for one in drawn} == {(900, 720, 1, 3000)}
    assert len(pieces(drawn, lambda one: one.up_kbps, 5)) == 1
    assert [one.spoke_ms for one in points(readings, TEN, 15)] == [9000, 9000]


def test_a_single_good_sample_does_not_end_a_trouble() -> None:
    def bob(at: float) -> Event:
        bad = is_in(at - 1, (20, 30), (35, 40))
        return a_sample(at, streams=[a_stream("Ada", **(FREEZE if bad else {}))])

    assert len(person(a_meeting(well("Bob"), bob), "Bob").troubles) == 1


def test_lost_media_are_our_fault_until_they_are_restored() -> None:
    bob = participant_id("Bob")
    lost = [
        Told(Event("web", "media-lost", "failed", TEN + 30, {"reason": "worker-died"}), bob),
        Told(Event("web", "media-restored", "ok", TEN + 32, {}), bob),
    ]
    bobs = person(a_meeting(well("Bob"), well("Ada"), lost), "Bob")
    assert bobs.summary == "Bob had no media for 2 s: our side failed."
    assert [mark.kind for mark in bobs.marks] == ["joined", "media-lost", "media-restored", "left"]


def test_media_that_were_never_restored_are_missed_until_the_end() -> None:
    told = a_stay("Bob", TEN, TEN + 60, well("Ada"))
    lost = [Told(Event("web", "media-lost", "failed", TEN + 50, {}), participant_id("Bob"))]
    whole = timeline(merged(told, lost), whose("Bob"), TEN + 900)
    assert whole is not None
    assert whole.people[0].troubles[0].stretch.amount == 10


def test_joins_leaves_and_reconnects_are_marked() -> None:
    bob = participant_id("Bob")
    more = [
        Told(Event("page", "socket-lost", "failed", TEN + 30, {"closeCode": 1006}), bob),
        Told(Event("web", "admitted", "ok", TEN + 33, {"resumed": True}), bob),
        Told(Event("web", "verdict", "failed", TEN + 40, {"code": "UPLINK_LOSS", "severity": "impaired"}), bob),
        Told(Event("web", "verdict", "ok", TEN + 50, {"code": "UPLINK_LOSS"}), bob),
    ]
    bobs = person(a_meeting(well("Bob"), well("Ada"), more), "Bob")
    assert [mark.kind for mark in bobs.marks] == ["joined", "socket-lost", "reconnected", "verdict", "over", "left"]
    assert bobs.marks[3].code == "UPLINK_LOSS"
    assert len(bobs.stays) == 1


def test_who_comes_again_is_one_person_and_who_is_there_twice_is_two() -> None:
    first, again, second_tab = (participant_id(one) for one in ("Ada 1", "Ada 2", "Ada 3"))
    ada = Who("Ada", "ada")
    told = merged(
        a_stay("Ada 1", TEN, TEN + 60, well("Bob")),
        a_stay("Ada 2", TEN + 70, TEN + 120, well("Bob")),
        a_stay("Ada 3", TEN + 80, TEN + 100, well("Bob")),
    )
    whole = timeline(told, {first: ada, again: ada, second_tab: ada}, TEN + 200)
    assert whole is not None
    assert [one.participants for one in whole.people] == [[first, again], [second_tab]]


def test_who_is_still_there_is_there_until_now() -> None:
    whole = timeline(a_stay("Ada", TEN, None, well("Bob")), whose("Ada"), TEN + 300)
    assert whole is not None
    assert whole.ends == TEN + 300
    assert whole.people[0].stays[0].going_on


def test_a_meeting_that_nobody_was_in_has_no_timeline() -> None:
    assert timeline([], whose("Ada"), TEN) is None
    refused = Told(Event("web", "admitted", "failed", TEN, {"code": "MEETING_LOCKED"}), participant_id("Ada"))
    assert timeline([refused], whose("Ada"), TEN) is None
    # Somebody whose row is gone is nobody whom a chart could be of.
    assert timeline(a_stay("Ada", TEN, None), {}, TEN) is None


def test_somebody_of_whom_nothing_was_measured() -> None:
    whole = timeline(a_stay("Ada", TEN, TEN + 30), whose("Ada"), TEN + 60)
    assert whole is not None
    assert whole.people[0].summary == "Nothing was measured of Ada's call."


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"seconds": "five", "up": [], "down": "x", "us": 1, "spoke": None},
        {"seconds": -1, "up": {"kbps": float("nan"), "loss": True, "sources": [1]}, "down": {"streams": {"a": 1}}},
        {"down": {"streams": [None, 3, {"participantId": 7, "loss": "all", "frozenMs": 1e99, "layer": {"a": []}}]}},
        {"down": {"streams": [{"participantId": ["x"], "frozenMs": 4000, "loss": 0.5}]}, "up": {"loss": 0.5}},
        {"up": {"limited": {"cpu": 1}, "sources": {"mic": 1}}, "us": {"cpu": "x", "lagMs": []}, "path": {"send": 1}},
    ],
)
def test_samples_that_make_no_sense_hurt_nobody(data: dict[str, Any]) -> None:
    """Pages send samples; whoever writes a page may send anything."""
    ada = participant_id("Ada")
    told = [Told(Event("page", "quality", "ok", TEN + 5 * place, data), ada) for place in range(3)]
    whole = timeline([*a_stay("Ada", TEN - 1, None), *told], whose("Ada"), TEN + 60)
    assert whole is not None
    json.dumps(as_json(whole), allow_nan=False)


def test_exports_tell_everything() -> None:
    def bob(at: float) -> Event:
        return a_sample(at, spoke=2500, streams=[a_stream("Ada", **(FREEZE if is_in(at, (20, 30)) else {}))])

    whole = a_meeting(well("Bob"), bob)
    told = as_json(whole)
    assert told["begins"] == "2026-03-02T10:00:00.000+00:00"
    assert [one["name"] for one in told["people"]] == ["Ada", "Bob"]
    assert told["people"][1]["troubles"][0]["whose"] == "receiver"
    assert told["people"][1]["samples"][0]["spoke_ms"] == 2500
    rows = list(sample_rows(whole))
    assert len(rows) == sum(len(one.readings) for one in whole.people)
    assert rows[0][:4] == ("2026-03-02T10:00:05.000+00:00", EVERY, "Ada", EVERY)
    assert [row[3:5] for row in trouble_rows(whole)] == [("Bob", "frozen")]
