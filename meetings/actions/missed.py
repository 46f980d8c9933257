"""Web processes of this machine that ended without saying so, noticed by the next one that starts here."""

import os
import socket
from pathlib import Path
from uuid import UUID

from meetings.models import Participant, WebProcess
from meetings.outages import note_dead_process


def note_missed(host: str, me: UUID) -> int:
    """Write an incident for each process of `host` that has a row and does not run. How many.

    Their rows stay: the sweep begins the grace periods of those who do not come back by themselves.
    """
    missed = 0
    for process in WebProcess.objects.filter(host=host).exclude(id=me):
        if _runs(process.pid):
            continue
        held = Participant.objects.filter(served_by=process, left_at=None).values_list("meeting_id", "id")
        details = {"noticedBy": "the process that took its place"}
        note_dead_process(process.id, process.host, process.pid, process.heartbeat_at, held, details)
        missed += 1
    return missed


def lost_process(before: UUID | None, now: UUID | None) -> str:
    """What became of the process that held somebody's socket `before`, when another one does `now`: empty while it
    runs, else a few words. Costs a query only when there were two.
    """
    if before == now:
        return ""
    process = WebProcess.objects.filter(id=before).first() if before is not None else None
    if process is None:
        return "it has stopped"
    died = process.host == socket.gethostname() and not _runs(process.pid)
    return f"it died without a word [pid:{process.pid}]" if died else ""


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    try:
        # A number is given again some day: to a process of ours it is not given in the seconds that matter here.
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:1]
    except OSError:
        return True
