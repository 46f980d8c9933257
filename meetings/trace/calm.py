"""Samples of quality on their way into the database: those of a stretch in which all was well become one."""

from typing import Any

from meetings.trace.event import Event, Json
from meetings.verdicts.blame import BUSY, JITTER_MS, LATE_MS, LOSS
from meetings.verdicts.records import Sample, number

# What is well is written down for so many seconds at a time.
STRETCH = 15.0
# So many samples after the last that was not well are written as they came: they tell that it is over.
FIRST = 2
_FREE = (None, "none")
_ADD_UP, _MEANS, _LEAST = ("seconds", "spoke"), ("kbps",), ("fps",)


class Calm:
    """The samples of one attempt. What is held back comes out with the next sample, or when `end` asks for it."""

    def __init__(self) -> None:
        self._held: list[Event] = []
        self._well = 0

    def take(self, event: Event) -> list[Event]:
        """What is to be written down, now that this sample is known."""
        self._well = self._well + 1 if _is_well(event.data) else 0
        if self._well <= FIRST:
            return [*self.end(), event]
        written = [] if self._goes_on(event) else self.end()
        self._held.append(event)
        if sum(_seconds(one) for one in self._held) + _seconds(event) / 2 >= STRETCH:
            written.extend(self.end())
        return written

    def end(self) -> list[Event]:
        """What was held back: one sample for all of it."""
        held, self._held = self._held, []
        if len(held) < 2:
            return held
        last = held[-1]
        return [Event(last.side, last.step, last.outcome, last.at, one_sample([event.data for event in held]))]

    def _goes_on(self, event: Event) -> bool:
        if not self._held:
            return True
        last = self._held[-1]
        return _shape(last.data) == _shape(event.data) and event.at - last.at <= 1.5 * _seconds(event)


def one_sample(samples: list[Json]) -> Json:
    """What they say together: the mean of bitrates, the worst of everything else, sums of what can be added up."""
    together = _together("", [(one, number(one.get("seconds"))) for one in samples])
    assert isinstance(together, dict)
    return together


def _together(name: str, told: list[tuple[Any, float]]) -> Any:
    """`told` are values of this name, each with the seconds that it is about."""
    values = [value for value, _ in told]
    if all(isinstance(value, dict) for value in values):
        names = dict.fromkeys(key for value in values for key in value)
        return {key: _together(key, [(value[key], of) for value, of in told if key in value]) for key in names}
    if not all(isinstance(value, int | float) for value in values):
        return values[-1]
    if name in _ADD_UP:
        return round(sum(values), 1)
    if name in _MEANS:
        return round(sum(value * of for value, of in told) / sum(of for _, of in told))
    return min(values) if name in _LEAST else max(values)


def _is_well(data: Json) -> bool:
    """Whether nothing in it is near to what verdicts and timelines call poor."""
    sample = Sample(0.0, data)
    up, down, us = sample.up, sample.down, sample.worker
    return (
        _is_plain(data)
        and number(data.get("seconds")) > 0
        and not any(down.get(name) for name in ("streams", "more", "freezes", "frozenMs"))
        and max(sample.up_loss, sample.down_loss) < LOSS / 2
        and max(number(up.get("jitter")), number(down.get("jitter"))) < JITTER_MS / 2
        and up.get("limited") in _FREE
        and all(_sends_well(one) for one in sample.sources.values())
        and number(us.get("cpu")) < BUSY
        and number(us.get("lagMs")) <= LATE_MS
    )


def _is_plain(value: Any, deep: int = 0) -> bool:
    """Whether it is what pages tell: words and numbers, not nested deeper than `up.sources.mic`."""
    if isinstance(value, dict):
        return deep < 4 and all(_is_plain(one, deep + 1) for one in value.values())
    return isinstance(value, str) or (isinstance(value, int | float) and 0 <= value < 1e12)


def _sends_well(source: Json) -> bool:
    return source.get("limited") in _FREE and number(source.get("kbps")) > 0 and number(source.get("loss")) < LOSS / 2


def _shape(data: Json) -> tuple[object, ...]:
    """What is the same in samples that can become one."""
    sample = Sample(0.0, data)
    sent = {name: one.get("height") for name, one in sample.sources.items()}
    received = [sample.down.get(name) for name in ("height", "layer", "well")]
    return sent, sample.up.get("height"), "down" in data, received, sample.worker.get("worker")


def _seconds(event: Event) -> float:
    return number(event.data.get("seconds"))
