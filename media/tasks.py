"""Periodic tasks of the media side. Each looks for rows and does what is due."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings

from media.incidents import purge


@shared_task
def purge_incidents() -> int:
    """Delete incidents that are older than INCIDENT_DAYS. How many."""
    return purge(timedelta(days=settings.INCIDENT_DAYS))
