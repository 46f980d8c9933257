"""The way for media."""

from meetings.trace.event import Event
from meetings.verdicts.known import Facts
from meetings.verdicts.records import RECV, Address, Leg, Way, number, text


def announced(facts: Facts, event: Event) -> None:
    direction = text(event.data.get("direction"))
    if direction not in facts.legs:
        return
    told = addresses(event.data.get("candidates"))
    if direction == RECV:
        # What came over its predecessor is received anew, or no more.
        facts.received.clear()
    facts.legs[direction] = Leg(direction, announced=told, announced_at=event.at)


def addresses(candidates: object) -> tuple[Address, ...]:
    """The announced addresses in a list of candidates."""
    each = candidates if isinstance(candidates, list) else []
    return tuple(
        Address(text(one.get("ip")), int(number(one.get("port"))), text(one.get("protocol")) or "udp")
        for one in each
        if isinstance(one, dict)
    )


def transports(facts: Facts, event: Event) -> None:
    facts.turn_offered = event.data.get("turn") is True
    facts.turn_failures.clear()
    facts.relay_seen = False
    for leg in facts.legs.values():
        leg.connection, leg.connection_at, leg.connecting_at, leg.lost_at = "", None, None, None
    for key in [key for key in facts.waits if key[1] == "connection"]:
        del facts.waits[key]


def candidates(facts: Facts, event: Event) -> None:
    listed = event.data.get("candidates")
    leg = _leg(facts, event)
    if leg is not None and isinstance(listed, list):
        leg.own = tuple(one for one in listed if isinstance(one, dict))
        facts.relay_seen = facts.relay_seen or any(one.get("type") == "relay" for one in leg.own)


def turn(facts: Facts, event: Event) -> None:
    url = text(event.data.get("url"))
    facts.turn_offered = True
    if event.outcome == "failed":
        facts.turn_failures[url] = event.data
    elif event.outcome == "ok":
        facts.turn_failures.pop(url, None)
        facts.relay_seen = True


def way(facts: Facts, event: Event) -> None:
    name, ports = text(event.data.get("way")), event.data.get("ports")
    known = tuple(port for port in ports if isinstance(port, int)) if isinstance(ports, list) else ()
    refused, relayed = event.data.get("refused") is True, event.data.get("relayed") is True
    facts.ways[name] = Way(name, event.outcome == "ok", known, refused, relayed)


def stun(facts: Facts, event: Event) -> None:
    if (leg := _leg(facts, event)) and leg.stun_at is None:
        leg.stun, leg.stun_at = event.data, event.at


def connection(facts: Facts, event: Event) -> None:
    leg, state = _leg(facts, event), text(event.data.get("state"))
    if leg is None or state in ("", "new"):
        return
    if state == "closed":
        # Of a connection that another has taken the place of, or of which nothing is expected any more.
        if leg.connection != "connected":
            leg.connection, leg.connecting_at, leg.lost_at = "", None, None
        return
    if state == "connecting" and leg.connecting_at is None:
        leg.connecting_at = event.at - number(event.data.get("seconds"))
    elif state == "connected":
        leg.was_up, leg.lost_at, leg.connecting_at = True, None, None
    elif state in ("disconnected", "failed") and (leg.was_up or leg.dtls == "connected"):
        leg.lost_at = leg.lost_at or event.at
    leg.connection, leg.connection_at = state, event.at


def path(facts: Facts, event: Event) -> None:
    if leg := _leg(facts, event):
        leg.path = event.data


def dtls(facts: Facts, event: Event) -> None:
    if leg := _leg(facts, event):
        leg.dtls, leg.dtls_at = text(event.data.get("state")), event.at


def ice(facts: Facts, event: Event) -> None:
    """What the node sees counts while the page tells nothing of its own."""
    leg = _leg(facts, event)
    if leg is not None and not leg.connection:
        away = event.data.get("state") == "disconnected" and leg.dtls == "connected"
        leg.lost_at = (leg.lost_at or event.at) if away else None


def _leg(facts: Facts, event: Event) -> Leg | None:
    return facts.legs.get(text(event.data.get("direction")))
