"""The ways of reaching the media server that were tried one by one, before a call."""

from collections.abc import Iterator

from meetings.verdicts.findings import UPLINK, Finding
from meetings.verdicts.known import Facts


def detour(facts: Facts) -> Iterator[Finding]:
    """UDP is closed, and something else is open: media run, and may stutter."""
    udp = facts.ways.get("udp")
    others = sorted(way.name.upper() for way in facts.ways.values() if way.open)
    if udp is not None and not udp.open and others:
        ports = " and ".join(f"UDP {port}" for port in udp.ports) or "the media ports"
        words = {"ports": ports, "others": " and ".join(others), "address": facts.address or "an address unknown to us"}
        evidence = {"udpPorts": list(udp.ports), "open": others, "browserAddress": facts.address}
        yield Finding("MEDIA_PORT_BLOCKED/udp", (UPLINK,), words=words, evidence=evidence)
