"""Telling systemd how the service is: sd_notify(3), in a few lines."""

import asyncio
import os
import socket
import time


class Systemd:
    """Does nothing where systemd does not listen (`NOTIFY_SOCKET` is not set)."""

    def __init__(self) -> None:
        address = os.environ.get("NOTIFY_SOCKET", "")
        # An @ stands for the zero with which the names of abstract sockets begin.
        self._address = "\0" + address[1:] if address.startswith("@") else address

    def ready(self, status: str) -> None:
        """The service does its work, for the first time or again after `reloading`."""
        self._tell(f"READY=1\nSTATUS={status}")

    def reloading(self, status: str) -> None:
        """It does its work, and renews itself meanwhile."""
        self._tell(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}\nSTATUS={status}")

    def stopping(self, status: str) -> None:
        """It is about to end."""
        self._tell(f"STOPPING=1\nSTATUS={status}")

    async def keep_watchdog_calm(self) -> None:
        """Report twice in each watchdog period, from the event loop: a loop that is stuck does not. For ever."""
        microseconds = int(os.environ.get("WATCHDOG_USEC", "0") or 0)
        if not microseconds or os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
            return
        while True:
            self._tell("WATCHDOG=1")
            await asyncio.sleep(microseconds / 2e6)

    def _tell(self, state: str) -> None:
        if not self._address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.setblocking(False)
            try:
                notify.sendto(state.encode(), self._address)
            except OSError:
                # A service is not worse for nobody listening.
                return
