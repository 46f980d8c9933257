"""The ways of reaching the media server that were tried one by one, before a call."""

from collections.abc import Iterator

from meetings.verdicts.catalogue.values import MEDIA_PORTS, listed
from meetings.verdicts.findings import UPLINK, Finding
from meetings.verdicts.known import Facts
from meetings.verdicts.records import Way
from meetings.verdicts.rules.paths import turn_words


def detour(facts: Facts) -> Iterator[Finding]:
    """UDP is closed, and something else is open: media run, and may stutter."""
    udp = facts.ways.get("udp")
    if udp is not None and not udp.open and _open(facts):
        yield _closed(facts, "MEDIA_PORT_BLOCKED/udp", udp)


def spare(facts: Facts) -> Iterator[Finding]:
    """What others need, or the same person elsewhere, does not work, while something better does."""
    udp, tcp, turn = (facts.ways.get(name) for name in ("udp", "tcp", "turn"))
    if udp is not None and udp.open and tcp is not None and not tcp.open:
        yield _closed(facts, "MEDIA_PORT_BLOCKED/tcp", tcp)
    if turn is not None and not turn.open and _open(facts):
        words = turn_words(facts, refused=turn.refused) | {"others": " and ".join(_open(facts))}
        evidence = {"turnErrors": list(facts.turn_failures.values()), "open": _open(facts)}
        yield Finding(_turn_key(turn), (UPLINK,), words=words, evidence=evidence)


def _turn_key(turn: Way) -> str:
    if turn.refused:
        return "TURN_REFUSED/spare"
    return "TURN_UNREACHABLE/relay" if turn.relayed else "TURN_UNREACHABLE/spare"


def _closed(facts: Facts, key: str, way: Way) -> Finding:
    name = way.name.upper()
    words = {
        "ports": listed((f"{name} {port}" for port in way.ports), MEDIA_PORTS),
        "others": " and ".join(_open(facts)),
        "address": facts.address or "an address unknown to us",
    }
    evidence = {f"{way.name}Ports": list(way.ports), "open": _open(facts), "browserAddress": facts.address}
    return Finding(key, (UPLINK,), words=words, evidence=evidence)


def _open(facts: Facts) -> list[str]:
    return sorted(way.name.upper() for way in facts.ways.values() if way.open)
