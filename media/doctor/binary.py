"""The worker's binary, and the user whom it runs as."""

import time

from media.binary import WorkerBinaryMissing
from media.doctor.aside import aside
from media.doctor.finding import Finding, green, red, yellow
from media.doctor.visits import Rounds
from media.node.confinement import CannotConfine, confinement


async def worker_binary(rounds: Rounds) -> Finding:
    """It is started once. On a host whose web processes have their media elsewhere none is needed."""
    settings = rounds.settings
    began = time.perf_counter()
    try:
        found = await aside(settings.node.locate_worker)
    except WorkerBinaryMissing as missing:
        elsewhere = [visit.title for visit in await rounds.visits() if not visit.is_here]
        if elsewhere and not settings.embedded:
            return green(f"None on this host, and none is needed: media run on {', '.join(elsewhere)}.")
        return red(missing.cause, missing.remedy)
    took = time.perf_counter() - began
    return green(
        f"mediasoup-worker {found.version} at {found.path} starts; looking and starting took {took * 1000:.0f} ms.",
        path=str(found.path),
        version=found.version,
    )


async def worker_user(rounds: Rounds) -> Finding:
    """What the media node would find if it were started by whoever asks."""
    node = rounds.settings.node
    try:
        found = await aside(confinement, node.worker_user, wanted=node.confine_workers)
    except CannotConfine as refusal:
        cause, _, remedy = str(refusal).partition(". ")
        return red(f"{cause}.", remedy)
    if not found.dropped:
        return yellow(
            f"{found}.", "Unset MEDIASOUP_WORKER_CONFINE, and see that util-linux's setpriv and prlimit work."
        )
    return green(f"{found}.")
