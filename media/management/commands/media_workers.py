"""`manage.py media_workers`: the media node as a process of its own, and what its operator asks of it."""

import argparse
import asyncio
import dataclasses
import logging
import sys
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from media.conf import MediaSettings, media_settings
from media.errors import MediaError
from media.foreground import Foreground
from media.link.address import BadAddress, TcpAddress, parse_listen
from media.link.security import LinkMisconfigured
from media.link.server import CannotListen
from media.node import event_loop
from media.node.sanity import complaints, obstacle
from media.node_lock import NameTaken, NodeLock, NodeLockHeld
from media.operating import NoNode, NotDone, Operator, check_that_somebody_listens

EXIT_NOT_LISTENING: Final = 1
EXIT_WRONG_ARGUMENTS: Final = 2
EXIT_LOCK_HELD: Final = 3
EXIT_NO_NODE: Final = 4
EXIT_NOT_DONE: Final = 5
EXIT_NAME_TAKEN: Final = 6
EXIT_INTERRUPTED: Final = 130

VERBS: Final = ("status", "drain", "restart", "stop")


class Command(BaseCommand):
    """The node in the foreground, or one of `VERBS` on the node that runs."""

    help = """Run the media node: mediasoup workers, and the socket through which web processes reach them. Or ask
something of the node that runs.

  media_workers                         be the node, in the foreground
  media_workers status                  its workers as a table, redrawn on a terminal (--once, --json)
  media_workers drain [worker N|node]   give the worker nothing new and move its meetings to others of the node;
                                        or have the node (the default) take no new meetings. Waits until it is empty
  media_workers restart [worker N]      replace a worker, or all one after another: the new one is up before
                                        meetings move and the old one ends. Waits until that is done
  media_workers stop                    drain the node, within its limit, and end it

The node in the foreground: SIGTERM drains it within --drain-seconds, saying how it goes, and ends it; a second SIGTERM,
or SIGINT, ends it at once. SIGHUP replaces the workers one after another. Web processes of the same site find it by
MEDIA_SOCKET; set MEDIA_EMBEDDED=0 for them, so that none of them runs a node when this one is restarted. A worker that
cannot be started does not end the node: it says why and tries again. N workers listen on --port and the N - 1 ports
after it; those who replace them use the N ports after these, by turns. It tells systemd when it is ready, reloading and
stopping, and that it is alive (NOTIFY_SOCKET, WATCHDOG_USEC).

Exit codes: 0 done, or stopped; 1 cannot listen on the socket, the address or the ports, or --listen without certificate
or secret; 2 wrong arguments or settings; 3 another process already runs the node of this socket (its process id is
named); 4 no node runs at the socket; 5 the node refused, or it was not done in time; 6 another node has this one's
name; 130 interrupted while waiting (what was begun goes on)."""
    # The node is worth running with a broken binary: it comes up when that is repaired.
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """As Django's, with the lines of the help kept as they are."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Each option of the node stands for the setting that it names."""
        parser.add_argument("verb", nargs="?", choices=VERBS, help="what to ask of the node that runs")
        parser.add_argument("what", nargs="*", metavar="worker N | node", help="what to drain or restart")
        parser.add_argument("--socket", type=Path, help="unix socket for web processes (MEDIA_SOCKET)")
        node = parser.add_argument_group("being the node")
        node.add_argument("--workers", type=int, help="workers to run (MEDIASOUP_WORKERS; one a core)")
        node.add_argument("--listen-ip", help="address to listen on for media (MEDIASOUP_LISTEN_IP)")
        node.add_argument("--announced-ip", help="address or name that browsers are told (MEDIASOUP_ANNOUNCED_IP)")
        node.add_argument("--port", type=int, help="UDP and TCP port of the first worker (MEDIASOUP_PORT)")
        node.add_argument("--drain-seconds", type=float, help="how long meetings are waited for (MEDIA_DRAIN_SECONDS)")
        node.add_argument(
            "--listen",
            type=_listen,
            metavar="HOST:PORT",
            help="listen there besides, over TLS, for web processes on other hosts (MEDIA_LISTEN)",
        )
        asking = parser.add_argument_group("asking the node")
        asking.add_argument("--json", action="store_true", help="status: print JSON, once")
        asking.add_argument("--once", action="store_true", help="status: print the table once, on a terminal too")
        asking.add_argument("--timeout", type=float, help="seconds to wait (as long as it takes)")

    def handle(self, **options: Any) -> None:
        """Run until told to stop, or ask."""
        settings = media_settings(options["socket"])
        if options["verb"] is None:
            self._be_the_node(settings, options)
        else:
            self._ask(settings, options)

    def _be_the_node(self, settings: MediaSettings, options: dict[str, Any]) -> None:
        names = ("workers", "listen_ip", "announced_ip", "port", "drain_seconds")
        given = {name: options[name] for name in names if options[name] is not None}
        config = dataclasses.replace(settings.node, **given)
        settings = dataclasses.replace(settings, node=config, listen=options["listen"] or settings.listen)
        if wrong := list(complaints(config)):
            raise CommandError("\n".join(wrong), returncode=EXIT_WRONG_ARGUMENTS)
        try:
            lock = NodeLock.acquire(settings.lock)
        except NodeLockHeld as held:
            raise CommandError(
                f"{held} Ask it to stop with `media_workers stop`, or give this one another --socket.",
                returncode=EXIT_LOCK_HELD,
            ) from None
        except OSError as error:
            raise CommandError(
                f"{settings.lock} cannot be locked: {error.strerror}. Give --socket (MEDIA_SOCKET) a directory that "
                "this user may write.",
                returncode=EXIT_NOT_LISTENING,
            ) from None
        try:
            self._run(settings)
        finally:
            lock.release()

    def _run(self, settings: MediaSettings) -> None:
        if in_the_way := obstacle(settings.node):
            raise CommandError(in_the_way, returncode=EXIT_NOT_LISTENING)

        async def run() -> None:
            await Foreground(settings).run()

        try:
            event_loop.run(run())
        except (CannotListen, LinkMisconfigured) as reason:
            raise CommandError(str(reason), returncode=EXIT_NOT_LISTENING) from None
        except NameTaken as taken:
            raise CommandError(str(taken), returncode=EXIT_NAME_TAKEN) from None

    def _ask(self, settings: MediaSettings, options: dict[str, Any]) -> None:
        worker = _worker(options["verb"], options["what"])
        # Whoever waits is told in a sentence when the link ends, and needs no log line about it.
        link_log = logging.getLogger("media.link")
        level = link_log.level
        link_log.setLevel(logging.ERROR)
        try:
            check_that_somebody_listens(settings.socket)
            asyncio.run(self._asking(settings, options, worker))
        except NoNode as nobody:
            raise CommandError(str(nobody), returncode=EXIT_NO_NODE) from None
        except NotDone as reason:
            raise CommandError(str(reason), returncode=EXIT_NOT_DONE) from None
        except MediaError as refusal:
            raise CommandError(refusal.details, returncode=EXIT_NOT_DONE) from None
        except KeyboardInterrupt:
            # The way to leave the live table; whoever waited for something was not to see its end.
            if options["verb"] != "status":
                sys.exit(EXIT_INTERRUPTED)
        finally:
            link_log.setLevel(level)

    async def _asking(self, settings: MediaSettings, options: dict[str, Any], worker: int | None) -> None:
        def say(text: str) -> None:
            self.stdout.write(text)
            self.stdout.flush()

        async with Operator(settings, say, options["timeout"]) as operator:
            match options["verb"]:
                case "status":
                    once = options["once"] or options["json"] or not self.stdout.isatty()
                    await operator.status(as_json=options["json"], once=once)
                case "drain":
                    await operator.drain(worker)
                case "restart":
                    await operator.restart(worker)
                case _:
                    await operator.stop()


def _worker(verb: str, what: list[str]) -> int | None:
    """The worker that is meant, or None for the node with all its workers."""
    match verb, what:
        case _, []:
            return None
        case "drain", ["node"]:
            return None
        case (("drain" | "restart"), (["worker", number] | [number])) if number.isdecimal():
            return int(number)
        case _:
            raise CommandError(
                f"{verb} {' '.join(what)} is not understood: see media_workers --help.", returncode=EXIT_WRONG_ARGUMENTS
            )


def _listen(text: str) -> TcpAddress:
    try:
        return parse_listen(text)
    except BadAddress as error:
        raise argparse.ArgumentTypeError(str(error)) from None
