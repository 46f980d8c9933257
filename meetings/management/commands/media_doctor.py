"""`manage.py media_doctor`: what is wrong with this site, the evidence, and what to do."""

import argparse
import asyncio
import json
import os
import shutil
import sys
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from meetings.doctor.examination import NoSuchCheck, chosen, examination
from meetings.doctor.probe_call import probe_check
from meetings.doctor.render import render

EXIT_RED: Final = 1
EXIT_WRONG_ARGUMENTS: Final = 2
WIDEST: Final = 160


class Command(BaseCommand):
    """Runs the checks side by side, within some 15 seconds (longer with a probe call), and tells what each found."""

    help = """Look for what keeps meetings from working: worker binary, media nodes and workers, ports and addresses,
database, Redis, Celery, TLS, TURN, clocks, limits, and what went wrong for people lately. Each finding is green, yellow
or red, with its evidence and a remedy. Run it on the host and as the user of the site.

Exit codes: 0 nothing is red (with --strict: nothing is yellow either); 1 otherwise; 2 wrong arguments."""
    # It is itself what checks, and tells more.
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """As Django's, with the lines of the help kept as they are."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """What to check, and how to tell it."""
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--strict", action="store_true", help="exit with 1 for yellow too")
        parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this check; may be repeated")
        parser.add_argument("--probe", action="store_true", help="make a probe call too: some seconds a worker")
        parser.add_argument("--list", action="store_true", help="name the checks, and run none")

    def handle(self, **options: Any) -> None:
        """Run, tell, and exit."""
        try:
            if options["list"]:
                self._list(options["only"])
                return
            found = asyncio.run(examination(options["only"], [probe_check()] if options["probe"] else []))
        except NoSuchCheck as error:
            raise CommandError(str(error), returncode=EXIT_WRONG_ARGUMENTS) from None
        if options["json"]:
            self.stdout.write(json.dumps(found.as_json(), indent=2))
        else:
            width = min(WIDEST, shutil.get_terminal_size((WIDEST, 0)).columns)
            self.stdout.write(render(found, width=width, ink=self._ink(options)))
        if found.colour == "red" or (options["strict"] and found.colour != "green"):
            self.stdout.flush()
            sys.exit(EXIT_RED)

    def _list(self, only: list[str]) -> None:
        checks = chosen(only)
        column = max(len(check.name) for check in checks)
        for check in checks:
            self.stdout.write(f"{check.name:<{column}}  {check.about}")

    def _ink(self, options: dict[str, Any]) -> bool:
        if options.get("no_color") or os.environ.get("NO_COLOR"):
            return False
        return bool(options.get("force_color")) or self.stdout.isatty()
