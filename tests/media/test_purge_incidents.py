"""Incidents are kept for a while."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from media.models import Incident
from media.tasks import purge_incidents


@pytest.mark.django_db
def test_old_incidents_are_purged(settings: Any) -> None:
    settings.INCIDENT_DAYS = 30
    now = timezone.now()
    kept = Incident.objects.create(kind=Incident.Kind.WORKER_DIED, began_at=now - timedelta(days=29))
    Incident.objects.create(kind=Incident.Kind.WORKER_DIED, began_at=now - timedelta(days=31))
    assert purge_incidents() == 1
    assert list(Incident.objects.all()) == [kept]
