"""The page, its socket and the process at the other end of it."""

from collections.abc import Iterator

from meetings.verdicts.catalogue import values
from meetings.verdicts.findings import BELOW_SOCKET, CLOCK, SOCKET, VERSION, Finding, ago, lasting
from meetings.verdicts.known import Facts
from meetings.verdicts.wording import Wording

PATIENCE = 5.0
# A socket that failed outright is tried again; this long it may take.
TURNED_AWAY = 1.0
# Closed by us, for the page is another site's.
FOREIGN_ORIGIN = 4403
# For how long somebody is told what the interruption was after it is over.
LINGER = 10.0
CLOCK_TOLERANCE = 30.0


def socket_unreachable(facts: Facts) -> Iterator[Finding]:
    """The socket was lost or never came, while the page itself reaches us."""
    evidence = {"closeCode": facts.close_code, "address": facts.address}
    if facts.socket_lost_at is not None:
        if (lasted := facts.since(facts.socket_lost_at)) > PATIENCE:
            words = {"ago": ago(lasted), "close": facts.close_code or "unknown"}
            yield Finding("SOCKET_UNREACHABLE/lost", (SOCKET,), BELOW_SOCKET, words=words, evidence=evidence)
        return
    lasted = _without_socket(facts)
    if lasted > (TURNED_AWAY if facts.page_socket == "failed" else PATIENCE):
        words = {"seconds": lasting(lasted), "close": facts.close_code or "unknown"}
        key = "SOCKET_UNREACHABLE/origin" if facts.close_code == FOREIGN_ORIGIN else "SOCKET_UNREACHABLE"
        yield Finding(key, (SOCKET,), BELOW_SOCKET, words=words, evidence=evidence)


def _without_socket(facts: Facts) -> float:
    if facts.page_socket in ("failed", "waiting"):
        return facts.since(facts.page_socket_since)
    if facts.page_socket == "" and facts.socket_open_at is None and facts.admitted_at is None:
        return facts.since(facts.asked_at)
    return 0.0


def process_gone(facts: Facts) -> Iterator[Finding]:
    """The web process that held the socket had died, as was found when the socket came back: told for a while."""
    if facts.process_gone_at is not None and facts.since(facts.process_gone_at) <= LINGER:
        reason = facts.process_reason or "no reason known"
        yield Finding("WEB_PROCESS_GONE", (SOCKET,), words={"reason": reason}, evidence={"reason": reason})


def version(facts: Facts) -> Iterator[Finding]:
    """The page was loaded before the site was brought up to date."""
    page, site = facts.page_version, facts.server_version
    if page and site and page != site:
        yield Finding(
            "VERSION_MISMATCH",
            (VERSION,),
            words={"page": page, "site": site},
            evidence={"page": page, "site": site},
        )


def clock(facts: Facts) -> Iterator[Finding]:
    """The page's clock is far from ours."""
    if abs(facts.clock_off) >= CLOCK_TOLERANCE:
        off = (values.FAST if facts.clock_off > 0 else values.SLOW).with_values(time=_long(abs(facts.clock_off)))
        yield Finding("CLOCK_OFF", (CLOCK,), words={"off": off}, evidence={"offSeconds": round(facts.clock_off, 1)})


def _long(seconds: float) -> Wording:
    length = next(length for length in values.LENGTHS if seconds >= 2 * length)
    return values.LENGTHS[length].counting(round(seconds / length))
