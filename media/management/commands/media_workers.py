"""`manage.py media_workers`: the media node as a process of its own."""

import argparse
import asyncio
import dataclasses
import signal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from media.conf import MediaSettings, media_settings
from media.link.address import BadAddress, TcpAddress, parse_listen
from media.link.security import LinkMisconfigured
from media.link.server import CannotListen
from media.node import event_loop
from media.node_lock import NameTaken, NodeLock, NodeLockHeld
from media.running import running_node

EXIT_NOT_LISTENING = 1
EXIT_LOCK_HELD = 3
EXIT_NAME_TAKEN = 4


class Command(BaseCommand):
    """Runs in the foreground until SIGTERM or SIGINT."""

    help = """Run the media node: mediasoup workers, and the socket through which web processes reach them.

Runs in the foreground until SIGTERM or SIGINT, and then ends its workers. Web processes of the same site find it by
MEDIA_SOCKET; set MEDIA_EMBEDDED=0 for them, so that none of them runs a node when this one is restarted.
A worker that cannot be started does not end the node: it says why and tries again.

Exit codes: 0 stopped by a signal; 1 cannot listen, or --listen without certificate or secret; 2 wrong arguments; 3
another process already runs the node of this socket (its process id is named); 4 another node has this one's name."""
    # The node is worth running with a broken binary: it comes up when that is repaired.
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """As Django's, with the lines of the help kept as they are."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Each argument stands for the setting that it names."""
        parser.add_argument("--workers", type=_positive, help="workers to run (MEDIASOUP_WORKERS; one a core)")
        parser.add_argument("--listen-ip", help="address to listen on for media (MEDIASOUP_LISTEN_IP)")
        parser.add_argument("--announced-ip", help="address or name that browsers are told (MEDIASOUP_ANNOUNCED_IP)")
        parser.add_argument("--port", type=_port, help="UDP and TCP port of the first worker (MEDIASOUP_PORT)")
        parser.add_argument("--socket", type=Path, help="unix socket for web processes (MEDIA_SOCKET)")
        parser.add_argument(
            "--listen",
            type=_listen,
            metavar="HOST:PORT",
            help="listen there besides, over TLS, for web processes on other hosts (MEDIA_LISTEN)",
        )

    def handle(self, **options: Any) -> None:
        """Run until told to stop."""
        settings = media_settings(options["socket"])
        given = {
            name: options[name]
            for name in ("workers", "listen_ip", "announced_ip", "port")
            if options[name] is not None
        }
        settings = dataclasses.replace(
            settings,
            node=dataclasses.replace(settings.node, **given),
            listen=options["listen"] or settings.listen,
        )
        try:
            lock = NodeLock.acquire(settings.lock)
        except NodeLockHeld as held:
            raise CommandError(str(held), returncode=EXIT_LOCK_HELD) from None
        except OSError as error:
            raise CommandError(f"{settings.lock} cannot be locked: {error}", returncode=EXIT_NOT_LISTENING) from None
        try:
            event_loop.run(run_until_signal(settings))
        except (CannotListen, LinkMisconfigured) as error:
            raise CommandError(str(error), returncode=EXIT_NOT_LISTENING) from None
        except NameTaken as taken:
            raise CommandError(str(taken), returncode=EXIT_NAME_TAKEN) from None
        finally:
            lock.release()


async def run_until_signal(settings: MediaSettings) -> None:
    """The node, from now until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    async with running_node(settings, stop):
        await stop.wait()


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError("must be from 1 to 65535")
    return number


def _listen(text: str) -> TcpAddress:
    try:
        return parse_listen(text)
    except BadAddress as error:
        raise argparse.ArgumentTypeError(str(error)) from None
