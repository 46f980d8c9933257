"""The node's workers as a table for a terminal. Pure: numbers in, lines out."""

from collections.abc import Iterator

from media.statuses import NodeStatus, WorkerStatus

HEADINGS = (
    "worker",
    "state",
    "pid",
    "CPU",
    "memory",
    "routers",
    "transports",
    "producers",
    "consumers",
    "load",
    "port",
    "up",
    "restarts",
)


def workers_table(status: NodeStatus) -> str:
    """A heading for the node, a line for each worker, a line of sums, and what is wrong with whom."""
    rows = [HEADINGS, *map(_row, status["workers"]), _sums(status["workers"])]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join([*_heading(status), *(_line(row, widths) for row in rows), *_troubles(status)])


def _heading(status: NodeStatus) -> Iterator[str]:
    yield f"media node {status['node']}  pid {status['pid']}  {status['state']}"
    yield ""


def _row(worker: WorkerStatus) -> tuple[str, ...]:
    return (
        str(worker["index"]),
        worker["state"],
        _or_dash(worker["pid"]),
        f"{worker['cpu']:.0%}",
        memory(worker["memoryBytes"]),
        str(worker["routers"]),
        str(worker["transports"]),
        str(worker["producers"]),
        str(worker["consumers"]),
        f"{worker['load']:.0%}",
        _or_dash(worker["port"]),
        duration(worker["uptimeSeconds"]),
        str(worker["restarts"]),
    )


def _sums(workers: list[WorkerStatus]) -> tuple[str, ...]:
    return (
        "all",
        "",
        "",
        f"{sum(worker['cpu'] for worker in workers):.0%}",
        memory(sum(worker["memoryBytes"] for worker in workers)),
        str(sum(worker["routers"] for worker in workers)),
        str(sum(worker["transports"] for worker in workers)),
        str(sum(worker["producers"] for worker in workers)),
        str(sum(worker["consumers"] for worker in workers)),
        "",
        "",
        "",
        str(sum(worker["restarts"] for worker in workers)),
    )


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    # Words to the left, numbers to the right.
    cells = [
        cell.ljust(width) if column < 2 else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()


def _troubles(status: NodeStatus) -> Iterator[str]:
    troubled = [worker for worker in status["workers"] if worker["trouble"]]
    if troubled:
        yield ""
    for worker in troubled:
        yield f"worker {worker['index']}: {worker['trouble']}"


def _or_dash(number: int | None) -> str:
    return "-" if number is None else str(number)


def memory(size: int) -> str:
    """Bytes in MiB or GiB."""
    mebibytes = size / 2**20
    return f"{mebibytes:.0f} MiB" if mebibytes < 1000 else f"{mebibytes / 1024:.1f} GiB"


def duration(seconds: float) -> str:
    """The two largest units."""
    whole = int(seconds)
    days, hours, minutes = whole // 86400, whole // 3600 % 24, whole // 60 % 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {whole % 60} s" if minutes else f"{whole} s"
