"""An attempt as a waterfall, from events alone."""

from __future__ import annotations

import pytest

from meetings.trace.event import Event, Json
from meetings.waterfall.spans import Span, spans
from meetings.waterfall.waterfall import Phase, Row, waterfall
from meetings.waterfall.words import in_words
from tests.timeline.traces import TEN, a_blocked_join, a_join, a_sample, participant_id


def rows(phases: list[Phase], label: str) -> list[Row]:
    return [row for phase in phases for row in phase.rows if row.label == label]


def an_event(side: str, step: str, outcome: str, after: float, **data: object) -> Event:
    return Event(side, step, outcome, TEN + after, data)


def test_the_phases_of_an_attempt() -> None:
    events = [
        *a_join(waits=60),
        a_sample(TEN + 70),
        a_sample(TEN + 75),
        an_event("web", "ended", "ok", 80, reason="left"),
    ]
    found = waterfall(events, {}, TEN + 80)
    assert [phase.title for phase in found] == ["Before joining", "Joining", "In the call"]
    assert found[0].rows[0].label == "Page opened"
    assert found[1].rows[0].label == "Join pressed"
    # Who waits a minute before pressing Join does not flatten what follows.
    assert found[1].lasts == "380 ms"
    assert [row.label for row in found[2].rows] == ["2 samples of quality", "Ended"]


def test_an_attempt_that_never_got_through_has_no_call() -> None:
    assert [phase.title for phase in waterfall(a_blocked_join(), {}, TEN + 32)] == ["Before joining", "Joining"]


def test_offsets_are_since_the_first_event() -> None:
    found = waterfall(a_join(), {}, TEN + 10)
    assert rows(found, "Page opened")[0].offset == 0
    assert rows(found, "Admitted")[0].offset == 322


def test_bars_share_the_scale_of_their_phase() -> None:
    phase = waterfall(a_join(), {}, TEN + 10)[1]
    assert all(0 <= row.left <= 100 and 0 <= row.left + row.width <= 100.01 for row in phase.rows)
    pressed = phase.rows[0]
    assert (pressed.kind, pressed.length) == ("until", "71 ms")
    assert pressed.left == 0
    assert pressed.width == pytest.approx(71 / 380 * 100, abs=0.1)


def test_what_took_its_time_ends_where_it_is_told() -> None:
    assert spans([an_event("page", "socket", "ok", 1, ms=250)], TEN + 9) == [Span(TEN + 0.75, TEN + 1, "took")]


@pytest.mark.parametrize(
    ("begin", "other", "end"),
    [
        (("node", "announced", "ok", {"direction": "recv"}), {"direction": "send"}, ("node", "first-stun", "ok")),
        (("node", "first-stun", "ok", {"direction": "recv"}), {"direction": "send"}, ("node", "selected-tuple", "ok")),
        (("web", "media-lost", "failed", {}), None, ("web", "media-restored", "ok")),
        (("page", "socket-lost", "failed", {}), None, ("page", "socket", "ok")),
        (("web", "verdict", "failed", {"code": "UPLINK_LOSS"}), {"code": "DTLS_FAILED"}, ("web", "verdict", "ok")),
        (("page", "no-media", "waiting", {"source": "camera"}), {"source": "mic"}, ("page", "no-media", "ok")),
    ],
)
def test_what_lasts_ends_with_what_is_about_the_same(
    begin: tuple[str, str, str, Json], other: Json | None, end: tuple[str, str, str]
) -> None:
    side, step, outcome, same = begin
    events = [Event(side, step, outcome, TEN, same)]
    if other is not None:
        events.append(Event(*end, TEN + 1, other))
    assert spans(events, TEN + 9)[0] == Span(TEN, TEN + 9, "open")
    events.append(Event(*end, TEN + 2, same))
    assert spans(events, TEN + 9)[0] == Span(TEN, TEN + 2, "until")


def test_no_stun_leaves_the_announced_addresses_open() -> None:
    announced = rows(waterfall(a_blocked_join(), {}, TEN + 32), "Addresses announced")
    assert [row.kind for row in announced] == ["open", "open"]


def test_samples_are_one_row_that_can_be_opened() -> None:
    run = [a_sample(TEN + 10 + 5 * place, loss=0.02 if place == 3 else 0.0) for place in range(300)]
    row = waterfall([*a_join(), *run], {}, TEN + 2000)[2].rows[0]
    assert row.label == "300 samples of quality"
    assert ("worst loss up", "2 %") in row.data
    assert len(row.samples) == 121
    assert row.samples[-1] == "180 more are in the export"


def test_data_are_told_in_words() -> None:
    ada = participant_id("Ada")
    found = waterfall(a_join(), {ada: "Ada"}, TEN + 10)
    assert rows(found, "First picture")[0].data == (("participant", "Ada"), ("source", "camera"))
    assert rows(found, "Addresses announced")[0].data[1] == ("candidates", "198.51.100.9:44444 udp")
    assert ("resumed", "no") in rows(found, "Admitted")[0].data
    assert rows(found, "Socket")[0].length == "42 ms"


def test_times_of_the_clock_are_told_as_such() -> None:
    assert in_words({"since": TEN, "offMs": 3, "loss": 0.14}, {}) == (
        ("since", "2026-03-02 10:00:00 UTC"),
        ("off ms", "3"),
        ("loss", "14 %"),
    )


def test_data_that_make_no_sense_hurt_nobody() -> None:
    deep: Json = {}
    for _ in range(500):
        deep = {"in": deep}
    strange: list[Json] = [
        {"ms": "long", "direction": {"a": []}, "code": [1]},
        {"ms": float("inf"), "candidates": [None, {"ip": 7}, {"ip": "::1", "port": []}]},
        {"ms": 10**400, "seconds": float("nan"), "rtt": -5, "participantId": {"x": 1}, "about": [[]]},
        deep,
        {"text": "x" * 100_000},
    ]
    told = [("page", "no-media", "waiting"), ("web", "verdict", "failed"), ("node", "no-such-step", "ok")]
    events = [Event(*one, TEN, data) for data in strange for one in told]
    found = waterfall(events, {}, TEN + 1)
    assert sum(len(phase.rows) for phase in found) == len(events)
    assert max(len(value) for phase in found for row in phase.rows for _, value in row.data) <= 301


def test_no_events_make_no_waterfall() -> None:
    assert waterfall([], {}, TEN) == []
