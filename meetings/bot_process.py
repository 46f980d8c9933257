"""Bots run in processes of their own, beside those that serve people."""

import logging
import os

log = logging.getLogger(__name__)

NICENESS = 10


def be_modest(pid: int) -> None:
    """Let the process go after ours, where the machine is short of time."""
    try:
        os.setpriority(os.PRIO_PROCESS, pid, min(19, os.getpriority(os.PRIO_PROCESS, 0) + NICENESS))
    except OSError as error:
        # It may have ended.
        log.debug("Process %d keeps its priority: %s", pid, error)
