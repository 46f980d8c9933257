"""`manage.py signalling_reference`: write docs/signalling.md and docs/event-stream.md from what they describe."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from meetings.protocol import reference as contract
from meetings.trace import reference as stream


class Command(BaseCommand):
    help = "Write docs/signalling.md and docs/event-stream.md from the contract and the vocabulary that they describe."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is not up to date")

    def handle(self, *args: Any, **options: Any) -> None:
        for path, page in (
            (contract.page_path(), contract.reference_page()),
            (stream.page_path(), stream.reference_page()),
        ):
            if not options["check"]:
                path.write_text(page)
            elif not path.is_file() or path.read_text() != page:
                raise CommandError(f"{path} differs from what it describes; run manage.py signalling_reference")
