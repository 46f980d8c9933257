"""What this host lets our processes have."""

import os

from django.conf import settings

from media.doctor.aside import aside
from media.doctor.finding import Finding, green, red, yellow
from media.doctor.host import memory, open_files
from media.doctor.visits import Rounds

# Interpreter, log, database, Redis, links, pipes to workers.
FILES_OF_ANY_PROCESS = 192
# A meeting that is full: each has a socket to the web process, or two media connections over TCP to a worker.
FILES_A_PERSON = 3
NEARLY_ALL = 0.8
LITTLE_MEMORY, NO_MEMORY = 0.10, 0.03


def files_needed() -> int:
    """How many files and sockets a process of ours must be able to open."""
    return FILES_OF_ANY_PROCESS + FILES_A_PERSON * int(settings.MEETING_CAPACITY)


async def file_limits(rounds: Rounds) -> Finding:
    """Of this process, and of the media nodes and workers of this host."""
    pids = {"this process": os.getpid()}
    for visit in await rounds.visits():
        if visit.is_here and visit.workers and isinstance(visit.numbers, dict):
            pids["the media node"] = visit.numbers["pid"]
            pids |= {f"worker {row['index']}": row["pid"] for row in visit.workers if row["pid"]}
    return await aside(_files, pids)


def _files(pids: dict[str, int]) -> Finding:
    needed = files_needed()
    read = {who: open_files(pid) for who, pid in pids.items()}
    known = {who: (used, limit) for who, (used, limit) in read.items() if limit is not None}
    told = ", ".join(
        f"{who} {limit}" + (f" ({used} open)" if used is not None else "") for who, (used, limit) in known.items()
    )
    facts = {"needed": needed, "limits": {who: limit for who, (_, limit) in known.items()}}
    said = (
        f"Open files allowed: {told or 'without limit'}; a full meeting of {settings.MEETING_CAPACITY} needs {needed}"
    )
    if low := [who for who, (_, limit) in known.items() if limit < needed]:
        return red(
            f"{said}. Too few: {', '.join(low)}.",
            f"Raise it: `ulimit -n {2 * needed}` where it is started, or LimitNOFILE={2 * needed} in its systemd unit.",
            **facts,
        )
    if full := [who for who, (used, limit) in known.items() if used is not None and used > NEARLY_ALL * limit]:
        return yellow(f"{said}. Nearly used up: {', '.join(full)}.", "Raise LimitNOFILE, or find what leaks.", **facts)
    return green(f"{said}.", **facts)


async def free_memory(rounds: Rounds) -> Finding:
    """Of this host."""
    found = await aside(memory)
    if found is None:
        return green("This platform does not tell how much memory is available.")
    available, total = found
    ours = sum(row["memoryBytes"] for visit in await rounds.visits() if visit.is_here for row in visit.workers)
    share = available / total
    said = f"{available / 2**30:.1f} of {total / 2**30:.1f} GiB are available; the workers use {ours / 2**20:.0f} MiB"
    facts = {"available": available, "total": total, "workers": ours}
    if share < NO_MEMORY:
        return red(f"{said}.", "End what uses the memory, or add some: the kernel is about to kill processes.", **facts)
    if share < LITTLE_MEMORY:
        return yellow(f"{said}.", "See what uses the memory (`ps aux --sort=-rss`).", **facts)
    return green(f"{said}.", **facts)
