"""`manage.py media_workers`: the media node as a process of its own."""

import argparse
import asyncio
import dataclasses
import signal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from media.conf import bindable, lock_beside, media_settings
from media.node import event_loop
from media.node.config import NodeConfig
from media.node.node import MediaNode
from media.node_lock import NodeLock, NodeLockHeld

EXIT_NOT_LISTENING = 1
EXIT_LOCK_HELD = 3


class Command(BaseCommand):
    """Runs in the foreground until SIGTERM or SIGINT."""

    help = """Run the media node: mediasoup workers, and the socket through which web processes reach them.

Runs in the foreground until SIGTERM or SIGINT, and then ends its workers. Web processes of the same site find it by
MEDIA_SOCKET; set MEDIA_EMBEDDED=0 for them, so that none of them runs a node when this one is restarted.
A worker that cannot be started does not end the node: it says why and tries again.

Exit codes: 0 stopped by a signal; 1 cannot listen on the socket; 2 wrong arguments; 3 another process already runs the
node of this socket (its process id is named)."""
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

    def handle(self, **options: Any) -> None:
        """Run until told to stop."""
        settings = media_settings()
        socket, lock_path = settings.socket, settings.lock
        if options["socket"]:
            socket, lock_path = bindable(options["socket"]), lock_beside(options["socket"])
        given = {
            name: options[name]
            for name in ("workers", "listen_ip", "announced_ip", "port")
            if options[name] is not None
        }
        config = dataclasses.replace(settings.node, **given)
        try:
            lock = NodeLock.acquire(lock_path)
        except NodeLockHeld as held:
            raise CommandError(str(held), returncode=EXIT_LOCK_HELD) from None
        except OSError as error:
            raise CommandError(f"{lock_path} cannot be locked: {error}", returncode=EXIT_NOT_LISTENING) from None
        try:
            event_loop.run(run_until_signal(config, socket))
        except OSError as error:
            raise CommandError(f"Cannot listen on {socket}: {error}", returncode=EXIT_NOT_LISTENING) from None
        finally:
            lock.release()


async def run_until_signal(config: NodeConfig, socket: Path) -> None:
    """The node, from now until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    async with MediaNode(config, socket):
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
