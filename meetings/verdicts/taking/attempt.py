"""The page, its socket, the process at the other end of it, and the end."""

from meetings.trace.event import Event
from meetings.verdicts.known import Facts
from meetings.verdicts.records import number, text, whole

# After these a page may come back: only its socket was gone.
_NOT_FOR_GOOD = ("abandoned", "refused", "disconnected")


def page_opened(facts: Facts, event: Event) -> None:
    facts.page_version = text(event.data.get("version"))
    facts.secure = event.data.get("secure") is not False


def clock(facts: Facts, event: Event) -> None:
    facts.clock_off = number(event.data.get("offMs")) / 1000


def page_socket(facts: Facts, event: Event) -> None:
    if event.outcome == "ok":
        facts.page_socket, facts.page_socket_since = "ok", event.at
        facts.socket_lost_at = facts.close_code = None
        return
    if facts.page_socket in ("", "ok") or facts.page_socket_since is None:
        waited = number(event.data.get("seconds")) + number(event.data.get("ms")) / 1000
        facts.page_socket_since = event.at - waited
    facts.page_socket = event.outcome
    if event.outcome == "failed":
        facts.close_code = whole(event.data.get("closeCode"))


def socket_lost(facts: Facts, event: Event) -> None:
    facts.socket_lost_at = event.at
    facts.close_code = whole(event.data.get("closeCode"))


def socket_open(facts: Facts, event: Event) -> None:
    goes_on(facts)
    facts.socket_open_at, facts.socket_lost_at = event.at, None
    facts.page_socket, facts.page_socket_since = "ok", event.at
    facts.address = text(event.data.get("address")) or facts.address
    facts.host = text(event.data.get("host")) or facts.host
    facts.server_version = facts.server_version or text(event.data.get("version"))


def process(facts: Facts, event: Event) -> None:
    if event.outcome == "failed":
        facts.process_gone_at, facts.process_reason = event.at, text(event.data.get("reason"))
    else:
        facts.process_gone_at = None


def ended(facts: Facts, event: Event) -> None:
    if facts.ended_at is None:
        facts.ended_at, facts.end_reason = event.at, text(event.data.get("reason")) or "closed"


def goes_on(facts: Facts) -> None:
    """What looked like the end was none."""
    facts.ended_at, facts.end_reason = None, ""


def may_go_on(facts: Facts) -> None:
    """The page tells something."""
    if facts.end_reason in _NOT_FOR_GOOD:
        goes_on(facts)
