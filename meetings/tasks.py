"""Periodic tasks. Each looks for rows and does what is due, so that a run that never happened loses nothing."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from meetings.actions.breakouts.close import close_due
from meetings.actions.end_empty import end_empty
from meetings.actions.sweep import sweep
from meetings.api.idempotency import purge_keys
from meetings.doctor.sweeps import note_sweep
from meetings.files.storing import sweep_files as sweep_shared_files
from meetings.handlers.departing import close_room_soon
from meetings.mail.due import remind
from meetings.mail.purge import purge_deliveries
from meetings.mail.sending import send_due
from meetings.planning.passing import pass_time as time_passes
from meetings.probe.alerts import alert
from meetings.probe.process import run_probe
from meetings.probe.recording import purge_runs
from meetings.probe.rooms import purge_rooms
from meetings.retention import purge_meetings, purge_messages, purge_stays
from meetings.trace.ending import end_abandoned
from meetings.trace.purge import purge, purge_acts
from meetings.webhooks.purge import purge_webhook_deliveries
from meetings.webhooks.sending import send_due as send_due_to_webhooks


@shared_task
def sweep_presence() -> int:
    """Let go of participants who did not come back, and of those whose web process died. How many."""
    swept = sweep()
    note_sweep()
    return swept


@shared_task
def close_breakouts() -> int:
    """Close the breakout rooms whose countdown was begun by a web process that died. How many rooms."""
    rooms = close_due()
    for room in rooms:
        close_room_soon(room)
    return len(rooms)


@shared_task
def end_empty_meetings() -> int:
    """End the meetings in which nobody has been for EMPTY_MINUTES, or for as long as their hosts said. How many."""
    return end_empty()


@shared_task
def pass_time() -> int:
    """Close meetings that end with their time, and have those that come again show what is next. How many closed."""
    return time_passes()


@shared_task
def remind_people() -> int:
    """Have mail written to those who are invited to what begins soon. How many."""
    return remind(timezone.now())


@shared_task
def send_mail() -> int:
    """Send the mail that is due. How many were sent."""
    return send_due()


@shared_task
def purge_mail() -> int:
    """Delete what mail went to whom more than MAIL_DAYS ago. How many."""
    return purge_deliveries(timedelta(days=settings.MAIL_DAYS))


@shared_task
def send_webhooks() -> int:
    """Tell webhooks what is due. How many took it."""
    return send_due_to_webhooks()


@shared_task
def purge_webhooks() -> int:
    """Delete what webhooks were told more than WEBHOOK_DAYS ago. How many deliveries."""
    return purge_webhook_deliveries(timedelta(days=settings.WEBHOOK_DAYS))


@shared_task
def end_abandoned_attempts() -> int:
    """End the join attempts that came to nothing without a word. How many."""
    return end_abandoned()


@shared_task
def purge_sessions() -> None:
    """Delete expired sessions."""
    call_command("clearsessions")


@shared_task
def purge_idempotency_keys() -> int:
    """Delete the keys of requests that nobody sends again. How many."""
    return purge_keys()


@shared_task
def purge_events() -> tuple[int, int]:
    """Delete events and join attempts that are older than EVENT_DAYS. How many of each."""
    return purge(timedelta(days=settings.EVENT_DAYS))


@shared_task
def purge_audit() -> int:
    """Delete what hosts did more than AUDIT_DAYS ago. How many acts."""
    return purge_acts(timedelta(days=settings.AUDIT_DAYS))


@shared_task
def purge_kept() -> tuple[int, int, int]:
    """Delete messages, stays and meetings that are over which are older than CHAT_DAYS, ATTENDANCE_DAYS and
    MEETING_DAYS; 0 keeps them. How many of each.
    """
    chat, attendance, meetings = settings.CHAT_DAYS, settings.ATTENDANCE_DAYS, settings.MEETING_DAYS
    return (
        purge_messages(timedelta(days=chat)) if chat > 0 else 0,
        purge_stays(timedelta(days=attendance)) if attendance > 0 else 0,
        purge_meetings(timedelta(days=meetings)) if meetings > 0 else 0,
    )


@shared_task
def probe_media() -> bool:
    """Have two bots call each other through every worker, in a process of its own, and tell the administrators when
    that fails twice, and when it is well again. Whether a probe was run: not while the one before still runs.
    """
    ran = run_probe()
    alert()
    return ran


@shared_task
def purge_probes() -> int:
    """Delete runs of the probe, and the meetings that are their evidence, after PROBE_DAYS. How many runs."""
    purge_rooms()
    return purge_runs()


@shared_task
def sweep_files() -> int:
    """Delete files that were shared more than FILE_DAYS ago, and those that no message carries. How many."""
    return sweep_shared_files(timedelta(days=settings.FILE_DAYS))
