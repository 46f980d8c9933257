"""What a web process counts of its meetings, each where it happens."""

from prometheus_client import Counter, Gauge, Histogram

from meetings.protocol.requests import COMMON_CODES, REQUESTS

SUCCEEDED = "OK"

SOCKETS = Gauge("kcs_sockets_open", "Signalling sockets that are open in this process.")
JOINS = Counter("kcs_joins", "Answers to join-meeting, by code; OK for those that were let in.", ["code"])
JOIN_SECONDS = Histogram(
    "kcs_join_duration_seconds",
    "Time from a join-meeting that succeeded until its reply, media included.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
EVENTS_LOST = Counter("kcs_events_lost", "Events of the stream that could not be written down.")
VERDICTS = Counter("kcs_verdicts", "What was found to be wrong with somebody's join or call, as it began.", ["code"])
REFUSALS = Counter("kcs_refusals", "Requests over signalling sockets that were refused.", ["event", "code"])

# What has not happened yet is 0, and not absent: a rate needs the first one too.
for _code in (SUCCEEDED, *COMMON_CODES, *REQUESTS["join-meeting"].codes):
    JOINS.labels(_code)


def joined(seconds: float) -> None:
    """Somebody was let in."""
    JOINS.labels(SUCCEEDED).inc()
    JOIN_SECONDS.observe(seconds)


def refused(event: str | None, code: str) -> None:
    """A request was refused. Events that the contract does not have are counted as one: anybody can invent them."""
    REFUSALS.labels(event if event in REQUESTS else "other", code).inc()
    if event == "join-meeting":
        JOINS.labels(code).inc()
