"""A probe of this site: a call through each worker of each media node, one after another."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from time import monotonic

from asgiref.sync import sync_to_async

from media.client import MediaClient, onlooking_client
from media.errors import MediaError
from meetings.bot.site import Site
from meetings.probe import causes
from meetings.probe.call import Call
from meetings.probe.explaining import CallFailed
from meetings.probe.reaching import site_at, site_failure
from meetings.probe.report import CallReport, ProbeReport
from meetings.probe.rooms import close_room, open_room, sweep_rooms

Say = Callable[[str], None]

# A worker that drains takes nothing new, and is not meant to.
TAKES_NOTHING = ("draining", "closed")


async def probe_here(url: str, seconds: float, say: Say) -> ProbeReport:
    """Call through every worker, looking and listening for `seconds` in each; `say` is told how it goes."""
    began = monotonic()
    site = site_at(url)
    if failure := await site_failure(site):
        return ProbeReport(url, monotonic() - began, failure=failure)
    await sync_to_async(sweep_rooms)()
    client = onlooking_client()
    try:
        calls = await _call_all(client, site, seconds, say)
    finally:
        await client.close()
    nobody = None if calls else causes.no_node("no worker is expected to run.")
    return ProbeReport(url, monotonic() - began, tuple(calls), nobody)


async def _call_all(client: MediaClient, site: Site, seconds: float, say: Say) -> list[CallReport]:
    nodes, silent = await client.ask_nodes("workers", {})
    calls = [CallReport(node=name, failure=causes.no_node(why)) for name, why in silent]
    for node in nodes:
        # Of two of one index, the one that leaves after a restart stands first.
        workers = list({worker["index"]: worker for worker in node["workers"]}.values())
        for worker in workers:
            if worker["state"] in TAKES_NOTHING:
                continue
            named = CallReport(node=node["node"], worker=worker["index"])
            if worker["state"] != "up":
                found = replace(named, failure=causes.worker_down(worker["state"], worker["trouble"]))
            else:
                found = await _call_through(client, site, named, seconds, only=len(workers) == 1)
            say(f"{node['node']} worker {worker['index']}: {found.failure.sentence if found.failure else 'well'}")
            calls.append(found)
    return calls


async def _call_through(
    client: MediaClient, site: Site, named: CallReport, seconds: float, *, only: bool
) -> CallReport:
    meeting, ticket = await sync_to_async(open_room)()
    worker = named.worker

    async def place() -> None:
        try:
            await client.call_node(named.node, "move-room", {"worker": worker}, str(meeting.id))
        except MediaError as error:
            raise CallFailed(causes.refused("worker", error.code, error.details)) from error

    found = named
    try:
        await client.place_meeting(str(meeting.id), named.node)
        made = await Call(site, meeting.code, host_ticket=ticket).run(seconds, None if only else place)
        found = replace(made, node=named.node, worker=worker)
    except MediaError as error:
        found = replace(named, failure=causes.refused("worker", error.code, error.details))
    finally:
        await sync_to_async(close_room)(meeting, failed=not found.ok)
        # Where the node is gone, so is the room.
        with suppress(MediaError):
            await client.close_meeting(str(meeting.id))
    return found
