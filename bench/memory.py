"""What a participant costs our own processes: `python -m bench.memory`.

200 socket clients, without any media library in them, join 20 meetings and get both transports set up and
connected, the way our pages do. Counted is the growth of the resident memory of the server process and its
children, the C++ workers left out.
"""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path

from meetings.bot.signalling import JsonObject, SignallingClient
from meetings.bot.site import Site
from tests.live.server import RunningServer, children_of

PARTICIPANTS = 200
A_MEETING = 10
GOAL_KIB = 200
WORKER = "mediasoup-worke"  # the kernel keeps fifteen characters of a process's name


def resident_kib(server: RunningServer) -> int:
    """Resident memory of the server and its descendants, without workers, in KiB."""
    pids = [server.pid, *(pid for pid, name in children_of(server.pid).items() if not name.startswith(WORKER))]
    return sum(_resident_kib(pid) for pid in pids)


def _resident_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise AssertionError(f"process {pid} says nothing about its memory")


async def settled_kib(server: RunningServer) -> int:
    """The resident memory once it has not changed for two seconds."""
    last, quiet = resident_kib(server), 0
    while quiet < 4:
        await asyncio.sleep(0.5)
        now = resident_kib(server)
        quiet = quiet + 1 if abs(now - last) < 64 else 0
        last = now
    return last


async def join(site: Site, code: str, name: str) -> SignallingClient:
    """One client that is in the meeting with both transports connected."""
    ticket = await site.join(code, name)
    socket = await SignallingClient.open(ticket.socket_url, origin=site.origin)
    fingerprint = ":".join(f"{byte:02X}" for byte in secrets.token_bytes(32))
    joined = await socket.request(
        "join-meeting",
        {
            "meetingId": ticket.meeting_id,
            "displayName": name,
            "rtpCapabilities": await capabilities(site, code),
            "dtlsParameters": {"role": "client", "fingerprints": [{"algorithm": "sha-256", "value": fingerprint}]},
        },
    )
    assert set(joined["transports"]) == {"send", "recv"}
    return socket


_capabilities: list[JsonObject] = []


async def capabilities(site: Site, code: str) -> JsonObject:
    """What a client can receive that can receive all that the router has; asked for once."""
    if not _capabilities:
        ticket = await site.join(code, "Asks")
        socket = await SignallingClient.open(ticket.socket_url, origin=site.origin)
        joined = await socket.request("join-meeting", {"meetingId": ticket.meeting_id, "displayName": "Asks"})
        _capabilities.append(joined["rtpCapabilities"])
        await socket.request("leave-meeting")
        await socket.close()
    return _capabilities[0]


async def fill(site: Site, participants: int) -> list[SignallingClient]:
    """That many clients in meetings of A_MEETING each."""
    sockets = []
    code = ""
    for number in range(participants):
        if number % A_MEETING == 0:
            code = (await site.create_meeting(f"Meeting {number // A_MEETING}"))["code"]
        sockets.append(await join(site, code, f"Guest {number}"))
    return sockets


async def empty(sockets: list[SignallingClient]) -> None:
    for socket in sockets:
        await socket.request("leave-meeting")
        await socket.close()


async def measure(server: RunningServer) -> None:
    site = Site(server.base_url)
    # What is loaded and made once, whoever comes first, is not what a participant costs.
    await empty(await fill(site, A_MEETING))
    before = await settled_kib(server)
    sockets = await fill(site, PARTICIPANTS)
    health = await site.health()
    assert health["totalParticipants"] == PARTICIPANTS, health
    during = await settled_kib(server)
    await empty(sockets)
    # Python keeps what it once had; what leaks is what a second crowd of the same size adds to that.
    sockets = await fill(site, PARTICIPANTS)
    again = await settled_kib(server)
    await empty(sockets)
    each, leaked = (during - before) / PARTICIPANTS, (again - during) / PARTICIPANTS
    print(f"memory: {before} KiB before, {during} KiB with {PARTICIPANTS} participants")
    print(f"memory: {again} KiB when these had left and {PARTICIPANTS} others were there")
    print(f"memory per participant: {each:.0f} KiB (growth with a second crowd: {leaked:.0f} KiB)")
    print(f"memory ratio (ours/goal of {GOAL_KIB} KiB): {each / GOAL_KIB:.2f}")


if __name__ == "__main__":
    with RunningServer() as running:
        asyncio.run(measure(running))
