"""Looks after one attempt while its socket is open: judges what has happened so far, and tells whom it concerns."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from meetings import numbers
from meetings.trace.attempt import Attempt
from meetings.trace.conclusion import Conclusion, conclude
from meetings.trace.event import Event, Json
from meetings.trace.media_events import media_at
from meetings.trace.writing import moment
from meetings.verdicts.judge import judge
from meetings.verdicts.verdict import Verdict
from meetings.version import site_version

log = logging.getLogger(__name__)

# What happens within this time is judged together.
GATHER_SECONDS = 0.2
# While something is wrong or still to come, time alone can change the verdict.
LOOK_SECONDS = 1.0
# After which everything has come that will.
SETTLED_AFTER = 30.0
# What the node sees is asked for no more often than this, and only while something is wrong.
WITNESS_SECONDS = 5.0
# Why it is so, the node knows: it is asked at once, and so long its answer is waited for before this is judged.
FOR_THE_NODE = ("page", "no-media", "waiting")
ANSWER_SECONDS = 0.5

UPLINK_LOSS = "UPLINK_LOSS"
MEDIA_LOST = "media-lost"
# Not worth a new look: the watch itself wrote them.
OWN_STEPS = frozenset({("web", "verdict"), ("node", "witness")})


@dataclass(slots=True)
class Company:
    """The others in the meeting: their names by participant id, what they send by producer id, and who of them is known
    to lose packets on their own way to us.
    """

    names: dict[str, str] = field(default_factory=dict)
    sent: dict[str, Json] = field(default_factory=dict)
    lossy: set[str] = field(default_factory=set)

    def note_trouble(self, participant: str, codes: Iterable[str]) -> None:
        """All that is wrong with one of them at present."""
        if UPLINK_LOSS in codes:
            self.lossy.add(participant)
        else:
            self.lossy.discard(participant)


class AttemptWatch:
    """From `start` to `stop`. `tell` is called with all that is wrong at present whenever that has changed.

    `ask_node` begins to find out what the media node sees of the participant, and notes it as a step of the node's.
    """

    def __init__(
        self,
        attempt: Attempt,
        company: Company,
        tell: Callable[[Sequence[Verdict]], None],
        ask_node: Callable[[], None],
    ) -> None:
        self.attempt = attempt
        self.company = company
        self.verdicts: Sequence[Verdict] = ()
        self._tell = tell
        self._ask_node = ask_node
        self._conclusion = Conclusion()
        self._media_at: float | None = None
        self._look: asyncio.TimerHandle | None = None
        self._since = time.time()
        self._asked_at = 0.0

    def start(self) -> None:
        """Begin. What was judged in another process before is judged anew."""
        self.attempt.listener = self._noted
        self._look_in(LOOK_SECONDS)

    def stop(self) -> None:
        """Look no more. Idempotent."""
        self.attempt.listener = None
        if self._look is not None:
            self._look.cancel()
            self._look = None

    def look_now(self) -> Sequence[Verdict]:
        """What is wrong at this moment, for an answer to carry."""
        if self._look is not None:
            self._look.cancel()
        told, self._tell = self._tell, _tell_nobody
        try:
            self._judge()
        finally:
            self._tell = told
        return self.verdicts

    def _noted(self, event: Event) -> None:
        if (event.side, event.step) in OWN_STEPS:
            return
        if event.step == "join-asked":
            self._since = event.at
        if (event.side, event.step, event.outcome) == FOR_THE_NODE and self._ask():
            self._look_no_sooner_than(ANSWER_SECONDS)
            return
        # What is mended sooner than that was wrong all the same.
        self._look_in(0.0 if event.step == MEDIA_LOST else GATHER_SECONDS)

    def _look_in(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        if self._look is not None:
            if self._look.when() <= loop.time() + seconds:
                return
            self._look.cancel()
        self._look = loop.call_later(seconds, self._judge)

    def _look_no_sooner_than(self, seconds: float) -> None:
        if self._look is not None:
            self._look.cancel()
            self._look = None
        self._look_in(seconds)

    def _judge(self) -> None:
        self._look = None
        now = time.time()
        try:
            verdicts = judge(
                sorted(self.attempt.events, key=_at),
                now,
                version=site_version(),
                names=self.company.names,
                lossy_senders=frozenset(self.company.lossy),
            )
        except Exception:
            log.exception("Attempt %s could not be judged", self.attempt.report)
            return
        self._conclude(verdicts)
        if [key_of(one) for one in verdicts] != [key_of(one) for one in self.verdicts]:
            self._changed(verdicts)
        if verdicts or now - self._since < SETTLED_AFTER + LOOK_SECONDS:
            self._look_in(LOOK_SECONDS)
        if verdicts:
            self._ask()

    def _ask(self) -> bool:
        """Ask the node, unless it was asked a moment ago. Whether it was asked now."""
        now = time.time()
        if now - self._asked_at < WITNESS_SECONDS:
            return False
        self._asked_at = now
        self._ask_node()
        return True

    def _changed(self, verdicts: list[Verdict]) -> None:
        before = {key_of(one) for one in self.verdicts}
        after = {key_of(one) for one in verdicts}
        for verdict in verdicts:
            if key_of(verdict) not in before:
                told: Json = {"code": verdict.code, "severity": verdict.severity, "sentence": verdict.to_admin}
                told |= {"evidence": verdict.evidence, **_whose(verdict)}
                self.attempt.note("web", "verdict", "failed", **told)
                numbers.VERDICTS.labels(verdict.code).inc()
        for verdict in self.verdicts:
            if key_of(verdict) not in after:
                self.attempt.note("web", "verdict", "ok", code=verdict.code, **_whose(verdict))
        self.verdicts = verdicts
        self._tell(verdicts)

    def _conclude(self, verdicts: Sequence[Verdict]) -> None:
        if self._media_at is None and (at := media_at(self.attempt.events)) is not None:
            self._media_at = at
            self.attempt.describe(media_at=moment(at))
        # Who neither sends nor receives anything has no media that could fail.
        quiet = self.attempt.participant_id is not None and time.time() - self._since >= SETTLED_AFTER
        conclusion = conclude(self._conclusion, verdicts, media_runs=quiet or self._media_at is not None)
        if conclusion != self._conclusion:
            self._conclusion = conclusion
            self.attempt.describe(**conclusion.columns())


def _tell_nobody(verdicts: Sequence[Verdict]) -> None:
    """For a look whose answer carries what it finds."""


def _at(event: Event) -> float:
    return event.at


def key_of(verdict: Verdict) -> tuple[str, str | None, str | None, str]:
    """Two verdicts with the same key say the same."""
    return verdict.code, verdict.about, verdict.source, verdict.severity


def _whose(verdict: Verdict) -> Json:
    """What it is about, as far as it is about something single."""
    named = {"about": verdict.about, "source": verdict.source}
    return {name: value for name, value in named.items() if value}
