"""From what went wrong in a probe to a code, a sentence and a remedy. Pure."""

from __future__ import annotations

from typing import Any

from meetings.probe.report import Failure

Json = dict[str, Any]

NO_WORKER = "NO_WORKER"
SITE_UNREACHABLE = "SITE_UNREACHABLE"
SOCKET_UNREACHABLE = "SOCKET_UNREACHABLE"
# What the probe itself could not do. It says nothing about calls.
PROBE_FAILED = "PROBE_FAILED"

# Codes with which the site refuses, in the words of the verdicts.
_REFUSED = {
    "MEDIA_UNAVAILABLE": NO_WORKER,
    "MEDIA_OVERLOADED": "WORKER_OVERLOADED",
    "ROUTER_NOT_FOUND": "ROUTER_MISSING",
}
_REMEDIES = {
    NO_WORKER: "Run `manage.py media_doctor`; `manage.py media_workers status` and the log say why a worker is not up.",
    "WORKER_OVERLOADED": "Add workers or nodes, or raise MEDIASOUP_CONSUMERS_PER_WORKER.",
    "ROUTER_MISSING": "The worker was replaced while the probe called it: see Media → Incidents in the admin.",
    "SERVICE_UNAVAILABLE": "See that the database runs and that DATABASE_URL names it.",
    "NOT_ALLOWED": "Give a meeting with --meeting; on this site, only people with an account start meetings.",
    "RATE_LIMITED": "Wait a minute, or raise THROTTLE_JOIN and THROTTLE_START_MEETING.",
    "MEETING_NOT_FOUND": "Give the code of a meeting that there is with --meeting.",
}


def site_unreachable(phase: str, url: str, why: str) -> Failure:
    """Pages or API do not answer at this address."""
    return Failure(
        phase,
        SITE_UNREACHABLE,
        f"The site does not answer at {url}: {why}.",
        "See that the web process and the proxy in front of it run, and that PUBLIC_URL (or PROBE_URL) is the address.",
        {"url": url, "error": why},
    )


def socket_unreachable(url: str, why: str, phase: str = "socket") -> Failure:
    """The API answers, the socket does not open, or is closed again."""
    return Failure(
        phase,
        SOCKET_UNREACHABLE,
        f"The signalling socket of {url} does not work: {why}.",
        "Have the proxy pass on WebSocket upgrades for /ws/ (Upgrade and Connection headers, HTTP/1.1).",
        {"url": url, "error": why},
    )


def refused(phase: str, code: str, details: str) -> Failure:
    """The site refused with a code of the contract."""
    cause = _REFUSED.get(code, code)
    return Failure(phase, cause, f"The site refused in the phase “{phase}”: {details}", _REMEDIES.get(cause, ""))


def worker_down(state: str, trouble: str) -> Failure:
    """A worker that should run does not."""
    why = f": {trouble}" if trouble else ""
    return Failure("worker", NO_WORKER, f"The media worker is not up but {state}{why}.", _REMEDIES[NO_WORKER])


def no_node(why: str) -> Failure:
    """No media node can be asked for its workers."""
    return Failure("worker", NO_WORKER, f"The media node does not answer: {why}", _REMEDIES[NO_WORKER])


def no_answer(phase: str, seconds: float) -> Failure:
    """A phase took longer than it may."""
    return Failure(
        phase,
        NO_WORKER if phase in ("join", "worker", "transports", "send", "receive") else "STILL_WAITING",
        f"There was no answer within {seconds:g} seconds in the phase “{phase}”.",
        _REMEDIES[NO_WORKER],
        {"seconds": seconds},
    )


def not_connected(
    direction: str, states: tuple[str, str], announced: list[Json], *, ours: bool, site_addresses: list[str]
) -> Failure:
    """The path for media did not come about. `states` are those of ICE and of the whole, `announced` is where media
    were to go; `ours` says whether any of these is an address of this machine.
    """
    ice, whole = states
    targets = ", ".join(sorted({f"{one['ip']}:{one['port']} ({one['protocol']})" for one in announced})) or "nowhere"
    evidence = {
        "direction": direction,
        "ice": ice,
        "connection": whole,
        "announced": announced,
        "siteAddresses": site_addresses,
    }
    if ice == "completed":
        return Failure(
            "connect",
            "DTLS_FAILED",
            f"The worker at {targets} was found, but agreed on no encryption.",
            "Look for something between that changes UDP packets, and at the worker's log.",
            evidence,
        )
    addresses = {str(one["ip"]) for one in announced}
    if ours or addresses & set(site_addresses):
        return Failure(
            "connect",
            "MEDIA_PORT_BLOCKED",
            f"Media were to go to {targets}, and nothing came back from there.",
            "Open these UDP and TCP ports in the firewall, inwards, and see that the worker listens there.",
            evidence,
        )
    where = ", ".join(site_addresses) or "an address that cannot be told"
    return Failure(
        "connect",
        "WRONG_ANNOUNCED_ADDRESS",
        f"Browsers are told to send media to {targets}, from where nothing came back; the site itself is at {where}.",
        "Set MEDIASOUP_ANNOUNCED_IP to the address under which this server is reached. If it is right, lead UDP and "
        "TCP of these ports from there to this server.",
        evidence,
    )


def no_picture(sent: int, seen: int, seconds: float) -> Failure:
    """The path is there, and no picture came out of the decoder."""
    return Failure(
        "picture",
        "NO_FRAME_DECODED" if seen else "NOTHING_ARRIVES",
        f"{sent} pictures were sent and {seen} of them were seen at the other side within {seconds:g} seconds.",
        "See whether the worker is overloaded (Live media in the admin) and whether packets are lost on the way.",
        {"sent": sent, "seen": seen},
    )


def no_sound(seconds: float) -> Failure:
    """Pictures came, and no tone."""
    return Failure(
        "sound",
        "NOTHING_ARRIVES",
        f"The tone was not heard at the other side within {seconds:g} seconds.",
        "See whether the worker is overloaded (Live media in the admin) and whether packets are lost on the way.",
    )


def too_much_lost(loss: float) -> Failure:
    """What came was not enough to talk."""
    return Failure(
        "picture",
        "DOWNLINK_LOSS",
        f"{loss:.0%} of the pictures did not arrive.",
        "See whether the worker is overloaded (Live media in the admin) and whether packets are lost on the way.",
        {"loss": loss},
    )


def broken(why: str) -> Failure:
    """The probe could not be run."""
    return Failure("probe", PROBE_FAILED, f"The probe could not be run: {why}.", "The log says more.", {"error": why})
