"""Verbs with which the node itself is watched and steered. They are not for participants."""

import os
from typing import Any

from media.errors import BAD_REQUEST, MediaError
from media.node.census import Census
from media.node.worker_slot import SlotState, WorkerSlot

from .call import Call

Json = dict[str, Any]


async def workers(call: Call) -> Json:
    """Every worker, as measured and counted; those that are leaving after a restart too.

    `{node, pid, state: up|draining, workers: [{index, pid, state: starting|up|failed|draining|closed, cpu, memoryBytes,
    routers, transports, producers, consumers, load, port, uptimeSeconds, restarts, trouble}]}`. `cpu` is the share of
    one core, `load` goes from 0 to 1. `pid` and `port` are null while there is none.
    """
    slots = sorted((*call.supervisor.slots, *call.supervisor.leaving), key=lambda slot: (slot.index, not slot.draining))
    return {
        "node": call.node,
        "pid": os.getpid(),
        "state": "draining" if call.rooms.draining else "up",
        "workers": [_row(call, slot) for slot in slots],
    }


async def drain(call: Call) -> Json:
    """`{worker?}`: give that worker nothing new and move its rooms to others; without it, take no new meetings here.

    Answers at once; `workers` tells how far it is.
    """
    if "worker" in call.data:
        call.upkeep.drain_worker(_slot(call))
    else:
        call.upkeep.drain_node()
    return {}


async def restart_worker(call: Call) -> Json:
    """`{worker?}`: replace that worker, or all of them one after another, without losing a meeting.

    Answers at once; `workers` tells how far it is.
    """
    call.upkeep.restart([_slot(call)] if "worker" in call.data else list(call.supervisor.slots))
    return {}


async def move_room(call: Call) -> Json:
    """`{worker?}`: move the meeting to that worker, or to the least loaded other one."""
    if not call.meeting:
        raise MediaError(BAD_REQUEST, "meeting is missing.")
    await call.rooms.move(call.meeting, _slot(call) if "worker" in call.data else None)
    return {}


async def stop(call: Call) -> Json:
    """Drain the node and end it. Refused for one that runs inside a web process."""
    call.upkeep.stop()
    return {}


def _slot(call: Call) -> WorkerSlot:
    return call.upkeep.slot(call.data.integer("worker"))


def _row(call: Call, slot: WorkerSlot) -> Json:
    census = Census.of(slot.worker)
    return {
        "index": slot.index,
        "pid": slot.worker.pid if slot.worker is not None else None,
        "state": "draining" if slot.draining and slot.state is SlotState.UP else slot.state.value,
        "cpu": round(slot.pulse.cpu, 4),
        "memoryBytes": slot.pulse.memory_bytes,
        "routers": census.routers,
        "transports": census.transports,
        "producers": census.producers,
        "consumers": census.consumers,
        "load": round(call.rooms.loads.of(slot, census), 4),
        "port": slot.port,
        "uptimeSeconds": round(slot.pulse.uptime, 1),
        "restarts": slot.restarts,
        "trouble": slot.trouble,
    }
