"""Say that this web process lives."""

from uuid import UUID

from django.utils import timezone

from meetings.models import WebProcess


def beat(process_id: UUID, host: str, pid: int) -> None:
    """Write the heartbeat of a process; makes its row when there is none (any more)."""
    WebProcess.objects.update_or_create(
        id=process_id, defaults={"heartbeat_at": timezone.now()}, create_defaults=_new(host, pid)
    )


def end_beat(process_id: UUID) -> None:
    """The process stops, and holds nobody any more."""
    WebProcess.objects.filter(id=process_id).delete()


def _new(host: str, pid: int) -> dict[str, object]:
    return {"host": host, "pid": pid, "heartbeat_at": timezone.now()}
