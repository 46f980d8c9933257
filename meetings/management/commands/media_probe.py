"""`manage.py media_probe`: does a call work? Two bots try it, through every worker."""

import argparse
import asyncio
import contextlib
import json
import logging
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.core.management.base import BaseCommand, CommandError

from meetings.probe.address import is_url, own_url
from meetings.probe.causes import PROBE_FAILED, SITE_UNREACHABLE, broken
from meetings.probe.recording import record
from meetings.probe.report import ProbeReport
from meetings.probe.tables import crowd_table, probe_table

EXIT_FAILED: Final = 1
EXIT_NOT_PROBED: Final = 2
EXIT_INTERRUPTED: Final = 130

MOST_PARTICIPANTS = 1000


class Command(BaseCommand):
    """Prints findings to standard output, and how it goes to standard error."""

    help = """Call this site as strangers do, and say whether a call works: two bots join through its public address,
send a picture and a tone that say when they were made, and judge what arrives of them at the other side.

  media_probe                     through each worker of each media node of this site, one after another
  media_probe --url URL           another site, or this one from outside: through whichever worker it is given
  media_probe --meeting CODE      in a meeting that there is
  media_probe --participants N    load: N bots in one meeting, of which --sending M send (2) and all receive

Exit codes: 0 a call works; 1 it does not (standard output says which phase failed, why, and what to do); 2 wrong
arguments, or the site does not answer at all; 130 interrupted."""
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """As Django's, with the lines of the help kept as they are."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--url", default="", help="the site (PROBE_URL, PUBLIC_URL, or where this one is served)")
        parser.add_argument("--meeting", default="", help="id or code of a meeting to call in")
        parser.add_argument("--seconds", type=float, default=2.0, help="how long each call is looked at (%(default)s)")
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--record", action="store_true", help="keep the findings, as the probe of Celery does")
        load = parser.add_argument_group("load")
        load.add_argument("--participants", type=int, help="bots in one meeting")
        load.add_argument("--sending", type=int, default=2, help="how many of them send (%(default)s)")
        load.add_argument("--at-once", type=int, default=8, help="how many join at the same time (%(default)s)")

    def handle(self, **options: Any) -> None:
        """Probe, print, and end with the code."""
        _check(options)
        # It complains of every picture that comes before the first whole one.
        logging.getLogger("aiortc").setLevel(logging.ERROR)
        try:
            if options["participants"] is not None:
                self._load(options)
            else:
                self._probe(options)
        except KeyboardInterrupt:
            raise SystemExit(EXIT_INTERRUPTED) from None

    def _probe(self, options: dict[str, Any]) -> None:
        try:
            report = asyncio.run(self._probed(options))
        except Exception as error:
            if not options["record"]:
                raise
            # Whoever looks at the runs must find this one too.
            record(ProbeReport(options["url"] or own_url(), 0.0, failure=broken(f"{type(error).__name__}: {error}")))
            raise
        if options["record"]:
            record(report)
        self._print(report.as_json() if options["json"] else probe_table(report))
        failure = report.failure
        if failure is not None and failure.code in (SITE_UNREACHABLE, PROBE_FAILED):
            raise SystemExit(EXIT_NOT_PROBED)
        if not report.ok:
            raise SystemExit(EXIT_FAILED)

    async def _probed(self, options: dict[str, Any]) -> ProbeReport:
        # These bring a media stack along, which no other command needs.
        from meetings.probe.elsewhere import probe_elsewhere  # noqa: PLC0415
        from meetings.probe.here import probe_here  # noqa: PLC0415

        if options["url"] or options["meeting"]:
            return await probe_elsewhere(options["url"] or own_url(), options["meeting"], options["seconds"])
        return await probe_here(own_url(), options["seconds"], self._say)

    def _load(self, options: dict[str, Any]) -> None:
        found = asyncio.run(self._loaded(options))
        self._print(found if options["json"] else crowd_table(found))
        if not found["ok"]:
            raise SystemExit(EXIT_FAILED)

    async def _loaded(self, options: dict[str, Any]) -> dict[str, Any]:
        from meetings.bot.errors import BotError  # noqa: PLC0415  # as above
        from meetings.probe.crowd import Crowd  # noqa: PLC0415
        from meetings.probe.reaching import site_at, site_failure  # noqa: PLC0415
        from meetings.probe.rooms import close_room, open_room  # noqa: PLC0415

        site = site_at(options["url"] or own_url())
        if failure := await site_failure(site):
            raise CommandError(failure.sentence, returncode=EXIT_NOT_PROBED)
        meeting, room = options["meeting"], None
        if not meeting and not options["url"]:
            room, _ = await sync_to_async(open_room)(options["participants"])
            meeting = room.code
        elif not meeting:
            try:
                meeting = (await site.create_meeting("Probe", capacity=options["participants"]))["code"]
            except BotError as error:
                raise CommandError(
                    f"No meeting can be made there: {error}. Give one with --meeting.", returncode=2
                ) from None
        try:
            crowd = Crowd(site, meeting, options["participants"], options["sending"], self._say)
            return (await crowd.run(options["seconds"], options["at_once"])).as_json()
        finally:
            if room is not None:
                with contextlib.suppress(Exception):
                    await sync_to_async(close_room)(room, failed=False)

    def _say(self, line: str) -> None:
        self.stderr.write(line)
        self.stderr.flush()

    def _print(self, found: dict[str, Any] | str) -> None:
        self.stdout.write(found if isinstance(found, str) else json.dumps(found, indent=2))
        self.stdout.flush()


def _check(options: dict[str, Any]) -> None:
    """Raise CommandError for arguments that cannot be meant."""
    wrong = ""
    if options["url"] and not is_url(options["url"]):
        wrong = f"--url {options['url']} is no address of a site: write it like https://meet.example.org."
    elif not 0.5 <= options["seconds"] <= 3600:
        wrong = "--seconds must be 0.5 to 3600."
    elif options["record"] and (options["url"] or options["meeting"] or options["participants"] is not None):
        wrong = "--record keeps the findings about this site's workers: give it no --url, --meeting or --participants."
    elif options["participants"] is not None and not 2 <= options["participants"] <= MOST_PARTICIPANTS:
        wrong = f"--participants must be 2 to {MOST_PARTICIPANTS}."
    elif options["participants"] is not None and not 0 <= options["sending"] <= options["participants"]:
        wrong = "--sending must be 0 to the number of --participants."
    elif options["at_once"] < 1:
        wrong = "--at-once must be at least 1."
    if wrong:
        raise CommandError(wrong, returncode=EXIT_NOT_PROBED)
