"""The ports on which workers of this host listen, or would."""

from media.conf import MediaSettings
from media.doctor.aside import aside
from media.doctor.finding import Finding, green, red, yellow
from media.doctor.host import Holder, holders
from media.doctor.visits import Rounds, Visit
from media.node.listening import PREFERRED_PORT, is_free


async def ports(rounds: Rounds) -> list[Finding]:
    """One finding for each worker that there is or should be on this host."""
    settings = rounds.settings
    here = [visit for visit in await rounds.visits() if visit.is_here and visit.workers and not visit.trouble]
    if here:
        used = {row["port"] for visit in here for row in visit.workers if row["port"]}
        held = await aside(holders, used | set(_wanted(settings)))
        return [_of_worker(settings, visit, row, held) for visit in here for row in visit.workers]
    if not settings.embedded and settings.many_nodes:
        return [green("No media node runs on this host, so that no port is needed here.")]
    held = await aside(holders, set(_wanted(settings)))
    return [await aside(_of_nobody, settings, port, held) for port in _wanted(settings)]


def _wanted(settings: MediaSettings) -> list[int]:
    first = settings.node.port or PREFERRED_PORT
    return [first + index for index in range(settings.node.workers)]


def _of_worker(settings: MediaSettings, visit: Visit, row: dict[str, object], held: dict[int, list[Holder]]) -> Finding:
    index, port = row["index"], row["port"]
    who = f"{visit.title}, worker {index}"
    wanted = (settings.node.port or PREFERRED_PORT) + int(str(index))
    if not isinstance(port, int) or row["state"] in ("failed", "starting"):
        return red(
            f"{who} listens nowhere. {wanted} is held: {_named(held.get(wanted, []))}.", _take_away(wanted), port=wanted
        )
    others = [one for one in held.get(port, []) if one.pid is not None and one.pid != row["pid"]]
    if others:
        return red(f"{who} should have {port}. It is held: {_named(others)}.", _take_away(port), port=port)
    said = f"{who} listens on UDP and TCP {port}"
    banks = (wanted, wanted + settings.node.workers)
    if port not in banks and not settings.node.listen_ip.startswith("127."):
        return yellow(
            f"{said}, because {wanted} was taken. It is held now: {_named(held.get(wanted, []))}.",
            f"Free {wanted}, or set MEDIASOUP_PORT; a firewall that is open for {wanted} is not for {port}.",
            port=port,
        )
    return green(f"{said}.", port=port)


def _of_nobody(settings: MediaSettings, port: int, held: dict[int, list[Holder]]) -> Finding:
    ip = settings.node.listen_ip
    if is_free(ip, port):
        return green(f"UDP and TCP {port} of {ip} are free for a worker.", port=port)
    taken = f"UDP or TCP {port} of {ip} is taken. It is held: {_named(held.get(port, []))}."
    if settings.node.port is None:
        return yellow(taken, f"Until it is free a worker takes another port. {_take_away(port)}", port=port)
    return red(taken, _take_away(port), port=port)


def _take_away(port: int) -> str:
    return f"End what holds {port}, or set MEDIASOUP_PORT to the first of two free ports a worker."


def _named(some: list[Holder]) -> str:
    return ", ".join(dict.fromkeys(map(str, some))) or "by nobody who can be seen"
