"""`manage.py serve`: the whole site in one process."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError


class Command(BaseCommand):
    help = "Serve pages, API and signalling; also Celery without a broker, and the media node unless it runs elsewhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=settings.HOST, help="address to listen on (HOST, %(default)s)")
        parser.add_argument("--port", type=int, default=settings.PORT, help="port to listen on (PORT, %(default)s)")
        parser.add_argument("--migrate", action="store_true", help="first bring the database up to date")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["migrate"]:
            _migrate()
            self._say(f"administrator: `make admin` in another terminal makes one, for {_admin(options['port'])}")

        from kcs.server import PortTaken, WebServer  # noqa: PLC0415  # loads Twisted and all of the site

        try:
            WebServer(options["host"], options["port"], self._say).run()
        except PortTaken as error:
            raise CommandError(str(error)) from None

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _migrate() -> None:
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as error:
        why = f"{error}".strip().splitlines()
        raise CommandError(
            f"The database cannot be brought up to date: {why[0] if why else type(error).__name__}. See that it runs, "
            "that DATABASE_URL (or KCS_VAR, for SQLite) names it, and that there is room on its disk."
        ) from None


def _admin(port: int) -> str:
    return f"http://localhost:{port}/admin/" if port else "/admin/"
