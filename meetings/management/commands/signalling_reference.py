"""`manage.py signalling_reference`: write docs/signalling.md from the contract."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from meetings.protocol.reference import page_path, reference_page


class Command(BaseCommand):
    help = "Write docs/signalling.md from the contract in meetings/protocol."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when the page is not up to date")

    def handle(self, *args: Any, **options: Any) -> None:
        page = reference_page()
        if not options["check"]:
            page_path().write_text(page)
        elif not page_path().is_file() or page_path().read_text() != page:
            raise CommandError(f"{page_path()} differs from the contract; run manage.py signalling_reference")
