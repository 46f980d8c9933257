"""The media nodes and their workers."""

from typing import Any

from media.binary.pinned import VERSION
from media.doctor.finding import Finding, green, red, yellow
from media.doctor.visits import Rounds, Visit
from media.errors import MediaError

Json = dict[str, Any]

START_ONE = "Start one: `manage.py media_workers`, or `manage.py serve`, which runs one inside the web process."
SLOW_SECONDS = 0.5
HIGH_LOAD = 0.85


async def nodes(rounds: Rounds) -> list[Finding]:
    """One finding a node; one when there is none."""
    return [_node(visit) for visit in await rounds.visits()]


def _node(visit: Visit) -> Finding:
    where = f"{visit.title} at {visit.address}" if visit.title != visit.address else visit.address
    if visit.trouble:
        if visit.row is None:
            return red(f"{where}: {visit.trouble}", START_ONE)
        heard = f"last heard of {visit.row.age:.0f} s ago"
        if not visit.row.fresh:
            return red(
                f"{where}: {visit.trouble} It was {heard}.", f"Start it again on {visit.row.host}, or forget it."
            )
        return red(f"{where}: {visit.trouble} Yet it was {heard}.", "Let this host reach that address.")
    facts = {"node": visit.title, "address": visit.address, "linkSeconds": round(visit.link_seconds, 4)}
    if visit.row is not None and not visit.row.fresh:
        return yellow(
            f"{where} answers, but the database has not heard of it for {visit.row.age:.0f} s: it gets no meetings.",
            f"Let the node on {visit.row.host} reach the database.",
            **facts,
        )
    if visit.row is not None and visit.row.version != f"mediasoup {VERSION}":
        return yellow(
            f"{where} speaks {visit.row.version}, and this process mediasoup {VERSION}.",
            "Install one version everywhere, and restart what is older.",
            **facts,
        )
    return green(f"{where} answers; the link opened within {visit.link_seconds * 1000:.0f} ms.", **facts)


async def workers(rounds: Rounds) -> list[Finding]:
    """One finding a node that can be reached."""
    reached = [visit for visit in await rounds.visits() if not visit.trouble]
    return [_workers(visit) for visit in reached] or [red("No media node can be asked for its workers.", START_ONE)]


def _workers(visit: Visit) -> Finding:
    if isinstance(visit.status, MediaError):
        return red(f"{visit.title}: {visit.status.details}", "Look at the media node's log.")
    answering, expected = visit.status["workers"], visit.status["expectedWorkers"]
    rows = ", ".join(f"{row['index']} [pid:{row['pid']}] {row['state']}" for row in visit.workers)
    said = f"{visit.title}: {answering} of {expected} workers answered"
    facts: Json = {"node": visit.title, "workers": answering, "expectedWorkers": expected, "rows": visit.workers}
    if answering < expected:
        why = [f"Worker {row['index']}: {row['trouble']}." for row in visit.workers if row["trouble"]]
        why += [f"Worker {index} is silent." for index in visit.silent]
        return red(f"{said} when they were asked just now ({rows}). {' '.join(why)}".rstrip(), _remedy(visit), **facts)
    facts["seconds"] = round(visit.status_seconds, 4)
    answered = f"{said}, within {visit.status_seconds * 1000:.0f} ms ({rows})."
    if visit.status_seconds > SLOW_SECONDS:
        return yellow(answered, "See whether this host has CPU to spare; run fewer workers or more hosts.", **facts)
    crashed = [row["index"] for row in visit.workers if row["restarts"]]
    again = f" Started again since the node began: {', '.join(map(str, crashed))}." if crashed else ""
    return green(answered + again, **facts)


def _remedy(visit: Visit) -> str:
    hung = [row for row in visit.workers if row["state"] in ("up", "draining") and not row["trouble"]]
    if hung and not any(row["trouble"] for row in visit.workers):
        return (
            "The node kills and replaces a worker that hangs within some 4 s: run this again, then see the incidents."
        )
    if any(row["state"] == "starting" for row in visit.workers):
        return "Run this again in a moment; if it stays so, the media node's log says why."
    return "Mend what the worker says, such as its binary, its user or its port; the node tries again by itself."


async def load(rounds: Rounds) -> list[Finding]:
    """What the nodes carry, one finding a node."""
    found = [_load(visit) for visit in await rounds.visits() if not visit.trouble]
    return found or [yellow("No media node can be asked what it carries.", START_ONE)]


def _load(visit: Visit) -> Finding:
    if isinstance(visit.numbers, MediaError):
        return yellow(f"{visit.title}: {visit.numbers.details}", "Look at the media node's log.")
    rooms, people = visit.numbers["rooms"], visit.numbers["participants"]
    loads = [row["load"] for row in visit.workers if row["state"] == "up"]
    most = max(loads, default=0.0)
    facts = {"node": visit.title, "rooms": rooms, "participants": people, "loads": loads}
    said = f"{visit.title}: {rooms} rooms, {people} participants, the busiest worker at {most:.0%}"
    if visit.numbers["state"] == "draining":
        return yellow(
            f"{said}; it drains and takes no new meetings.", "Start it again when its meetings have ended.", **facts
        )
    if loads and min(loads) >= HIGH_LOAD:
        return yellow(
            f"{said}; newcomers are refused.", "Add a media node, or raise MEDIASOUP_CONSUMERS_PER_WORKER.", **facts
        )
    return green(f"{said}.", **facts)
