"""The way for media between browser and worker, from the announced address to the secure connection."""

from collections.abc import Iterator

from meetings.verdicts import addresses, catalogue
from meetings.verdicts.findings import BELOW_RECV, BELOW_SEND, RECEIVED, SENT, WAIT, Finding, ago, lasting, sentence
from meetings.verdicts.known import Facts
from meetings.verdicts.records import RECV, SEND, Address, Json, Leg

PATIENCE = 5.0
# A page tells its steps somewhat later than the node.
PAGE_IS_LATE = 3.0
# So long a handshake may take once the browser was heard.
HANDSHAKE = 2.0
# For how long a detour is given before it counts as having failed too.
DETOUR = 15.0

_UNREACHABLE = 701


def unsupported(facts: Facts) -> Iterator[Finding]:
    """The browser has nothing in common with the server."""
    if facts.device_failure is not None:
        details = sentence(facts.device_failure)
        hides = (SEND, RECV, SENT, RECEIVED, WAIT)
        words = {"details": details}
        yield Finding("CODEC_MISMATCH/browser", (SENT, RECEIVED), hides, words=words, evidence={"error": details})


def secure_connection_failed(facts: Facts) -> Iterator[Finding]:
    """The worker heard from the browser, and they did not agree on keys."""
    for leg in _not_up(facts):
        if leg.stun_at is None or leg.was_up or leg.dtls == "connected":
            continue
        lasted = facts.since(_waiting_since(facts, leg) or leg.stun_at)
        if leg.dtls == "failed" or (lasted > PATIENCE and facts.since(leg.stun_at) > HANDSHAKE):
            stun = leg.stun or {}
            words = {
                "direction": leg.direction,
                "local": stun.get("local", "our address"),
                "remote": stun.get("remote", "the browser"),
                "seconds": lasting(lasted),
                "state": leg.dtls or "none",
            }
            yield Finding("DTLS_FAILED", *_reach(leg), words=words, evidence=_evidence(facts, leg))


def never_reached(facts: Facts) -> Iterator[Finding]:
    """No packet of the browser reached the worker: a wrong address, a closed port, a detour that fails too."""
    for leg in _not_up(facts):
        if leg.stun_at is not None or leg.was_up or leg.dtls == "connected":
            continue
        lasted = facts.since(_waiting_since(facts, leg))
        if lasted > PATIENCE or (leg.connection == "failed" and lasted):
            yield _why_not(facts, leg, lasted)


def broken(facts: Facts) -> Iterator[Finding]:
    """The way had been there and is not any more."""
    for leg in _not_up(facts):
        if leg.lost_at is not None:
            path = leg.path or {}
            way = f"{path.get('local', 'host')} {path.get('protocol', 'udp')} to {path.get('remote', 'the worker')}"
            words = {
                "ago": ago(facts.since(leg.lost_at)),
                "direction": leg.direction,
                "path": way,
                "ports": leg.ports,
            }
            yield Finding("MEDIA_LOST/path", *_reach(leg), words=words, evidence=_evidence(facts, leg))


def _why_not(facts: Facts, leg: Leg, lasted: float) -> Finding:
    words: dict[str, object] = {
        "announced": leg.announced_text,
        "address": facts.address or "an address unknown to us",
        "seconds": lasting(lasted),
        "ports": leg.ports,
        "own": ", ".join(dict.fromkeys(f"{one.get('type')} {one.get('protocol')}" for one in leg.own)) or "none",
    }
    key = _reason(facts, leg, lasted)
    if key == "WRONG_ANNOUNCED_ADDRESS":
        words |= _wrong_words(facts, leg)
    elif key in ("TURN_REFUSED", "TURN_UNREACHABLE"):
        words |= turn_words(facts, refused=key == "TURN_REFUSED")
    return Finding(key, *_reach(leg), words=words, evidence=_evidence(facts, leg))


def _reason(facts: Facts, leg: Leg, lasted: float) -> str:
    if leg.announced and not any(_plausible(facts, leg, address) for address in leg.announced):
        return "WRONG_ANNOUNCED_ADDRESS"
    if facts.turn_offered and not facts.relay_seen and facts.turn_failures:
        refused = any(_error(failure) != _UNREACHABLE for failure in facts.turn_failures.values())
        return "TURN_REFUSED" if refused else "TURN_UNREACHABLE"
    if facts.turn_offered and leg.connection != "failed" and lasted <= DETOUR:
        return "TRYING_TURN"
    if leg.own and not any(one.get("protocol") == "udp" for one in leg.own):
        return "MEDIA_PORT_BLOCKED/no-udp"
    return "MEDIA_PORT_BLOCKED"


def _plausible(facts: Facts, leg: Leg, announced: Address) -> bool:
    """Whether that browser could have reached that address, had nothing been in between."""
    kind = addresses.kind_of(announced.ip)
    host = facts.host
    host_kind = addresses.kind_of(host) if host else "name"
    if addresses.parse(host) is not None and addresses.parse(host) == addresses.parse(announced.ip):
        return True
    nearby = [host, *(str(one.get("address") or "") for one in leg.own if one.get("type") != "relay")]
    if not addresses.maybe_docker(announced.ip):
        # In such a network it may well be that of a proxy or of a bridge, from which all seem to come.
        nearby.append(facts.address)
    if any(near and addresses.same_network(near, announced.ip) for near in nearby):
        return kind != "loopback" or _is_local(facts)
    return kind == "name" or (kind == "public" and host_kind == "name")


def _is_local(facts: Facts) -> bool:
    """Whether the browser runs on the server's own machine, as far as the name tells that it used for the page."""
    return not facts.host or addresses.kind_of(facts.host) == "loopback"


def _wrong_words(facts: Facts, leg: Leg) -> dict[str, object]:
    first = leg.announced[0].ip
    why = catalogue.WHY_UNREACHABLE.get(addresses.kind_of(first), "is not where the browser reached the site")
    if addresses.maybe_docker(first):
        why += " (it looks like that of a container)"
    host_is_public = addresses.parse(facts.host) is not None and addresses.kind_of(facts.host) == "public"
    return {
        "why": why,
        "by_host": f", having reached the site as {facts.host}" if facts.host else "",
        "suggestion": f", likely {addresses.parse(facts.host)}" if host_is_public else "",
    }


def turn_words(facts: Facts, *, refused: bool) -> dict[str, object]:
    """`url`, `error`, `text`, `meaning` and `remedy` of what a TURN server did, be it that it `refused`."""
    failures = facts.turn_failures.values()
    failure = next((one for one in failures if (_error(one) != _UNREACHABLE) == refused), {})
    error = _error(failure)
    meaning, remedy = catalogue.TURN_ERRORS.get(error, ("it did not say more", "Look into the log of the TURN server."))
    return {
        "url": failure.get("url") or "the TURN server",
        "error": error,
        "text": failure.get("text") or "no text",
        "meaning": meaning,
        "remedy": remedy,
    }


def _error(failure: Json) -> int:
    error = failure.get("errorCode")
    return error if isinstance(error, int) else _UNREACHABLE


def _not_up(facts: Facts) -> Iterator[Leg]:
    return (leg for leg in facts.legs.values() if not leg.up)


def _waiting_since(facts: Facts, leg: Leg) -> float | None:
    """Since when the browser has tried. Without a word of it: since the address was told to one who has to send."""
    if leg.connecting_at is not None:
        return leg.connecting_at
    if leg.connection or leg.direction != SEND:
        return leg.connection_at
    sends = facts.wanted or any(source.sending_at for source in facts.sources.values())
    return leg.announced_at + PAGE_IS_LATE if sends and leg.announced_at is not None else None


def _reach(leg: Leg) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The topics of what is wrong with this direction, and what it explains. One cause is told for one direction."""
    return (leg.direction,), (SEND, RECV, WAIT, *BELOW_SEND, *BELOW_RECV)


def _evidence(facts: Facts, leg: Leg) -> Json:
    return {
        "direction": leg.direction,
        "announced": [str(address) for address in leg.announced],
        "browserAddress": facts.address,
        "host": facts.host,
        "ownCandidates": [dict(one) for one in leg.own],
        "stun": leg.stun,
        "dtls": leg.dtls,
        "connection": leg.connection,
        "turnOffered": facts.turn_offered,
        "turnErrors": list(facts.turn_failures.values()),
    }
