"""`manage.py send_webhooks`: tell webhooks what is due."""

from typing import Any

from django.core.management.base import BaseCommand

from meetings.webhooks.sending import send_due


class Command(BaseCommand):
    """For sites whose Celery does not run, from a timer."""

    help = "Tell webhooks what is due, as Celery does every other second where it runs. Harmless beside it."

    def handle(self, **options: Any) -> None:
        """Send, and say how many were taken."""
        self.stdout.write(f"{send_due()} taken")
