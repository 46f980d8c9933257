"""Does a binary start and say that a worker is running?"""

import fcntl
import os
import select
import signal
import socket
import struct
import tempfile
import time
from pathlib import Path
from typing import IO

from .errors import BinaryUnfit
from .pinned import VERSION

START_SECONDS = 5.0
NOTIFICATION_IN_MESSAGE = 3
WORKER_RUNNING = 4
# The worker reads from file descriptor 3 and writes to 4.
CHANNEL_IN, CHANNEL_OUT, FIRST_FREE = 3, 4, 5


def check_starts(binary: Path, seconds: float = START_SECONDS) -> None:
    """Start the binary, wait until it says WORKER_RUNNING, and end it (some 15 ms). Raises BinaryUnfit with the reason.

    Safe to call from any thread and beside other children of this process.
    """
    ours_in, theirs_in = socket.socketpair()
    ours_out, theirs_out = socket.socketpair()
    with ours_in, ours_out, tempfile.TemporaryFile() as output:
        with theirs_in, theirs_out:
            pid = _spawn(binary, theirs_in, theirs_out, output)
        try:
            message = _first_message(ours_out, time.monotonic() + seconds)
            if message is None and not _channel_closed(ours_out):
                raise BinaryUnfit(f"It starts, but says nothing within {seconds:g} s.")
        finally:
            os.kill(pid, signal.SIGKILL)
            status = os.waitpid(pid, 0)[1]
        if message is None:
            output.seek(0)
            said = output.read().decode(errors="replace").strip().splitlines()
            how = f"exit code {os.waitstatus_to_exitcode(status)}: {said[-1] if said else 'it printed nothing'}"
            raise BinaryUnfit(f"It does not start ({how}).")
    if running_pid(message) != str(pid):
        raise BinaryUnfit("It starts, but what it says first is not that a mediasoup worker is running.")


def running_pid(message: bytes) -> str | None:
    """The process id in a WORKER_RUNNING notification (FlatBuffers without the length in front), else None."""
    try:
        root = struct.unpack_from("<I", message)[0]
        kind, body = _field(message, root, 0), _field(message, root, 1)
        if kind is None or body is None or message[kind] != NOTIFICATION_IN_MESSAGE:
            return None
        notification = body + struct.unpack_from("<I", message, body)[0]
        handler, event = _field(message, notification, 0), _field(message, notification, 1)
        if handler is None or event is None or message[event] != WORKER_RUNNING:
            return None
        start = handler + struct.unpack_from("<I", message, handler)[0]
        length = struct.unpack_from("<I", message, start)[0]
        return message[start + 4 : start + 4 + length].decode()
    except (struct.error, IndexError, UnicodeDecodeError):
        return None


def _field(message: bytes, table: int, number: int) -> int | None:
    """Where the table's field of that number stands, or None when it is left out."""
    vtable = table - struct.unpack_from("<i", message, table)[0]
    if 4 + 2 * number >= struct.unpack_from("<H", message, vtable)[0]:
        return None
    offset: int = struct.unpack_from("<H", message, vtable + 4 + 2 * number)[0]
    return table + offset if offset else None


def _spawn(binary: Path, channel_in: socket.socket, channel_out: socket.socket, output: IO[bytes]) -> int:
    """Start the binary with its ends of the channel at 3 and 4, and what it prints in `output`."""
    # Away from 3 and 4 first, so that putting one in its place cannot overwrite the other.
    spare = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, FIRST_FREE) for end in (channel_in, channel_out, output)]
    try:
        return os.posix_spawn(
            str(binary),
            [str(binary), "--logLevel=none"],
            {**os.environ, "MEDIASOUP_VERSION": VERSION},
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, spare[2], 1),
                (os.POSIX_SPAWN_DUP2, spare[2], 2),
                (os.POSIX_SPAWN_DUP2, spare[0], CHANNEL_IN),
                (os.POSIX_SPAWN_DUP2, spare[1], CHANNEL_OUT),
            ],
        )
    except OSError as failure:
        raise BinaryUnfit(f"It cannot be executed ({failure.strerror}).") from None
    finally:
        for descriptor in spare:
            os.close(descriptor)


def _first_message(channel: socket.socket, deadline: float) -> bytes | None:
    """The first message without its length; None when the channel closes or the time is up before it is complete."""
    received = b""
    while (left := deadline - time.monotonic()) > 0 and select.select([channel], [], [], left)[0]:
        chunk = channel.recv(65536)
        if not chunk:
            return None
        received += chunk
        if len(received) >= 4 and len(received) >= 4 + (length := struct.unpack_from("<I", received)[0]):
            return received[4 : 4 + length]
    return None


def _channel_closed(channel: socket.socket) -> bool:
    return bool(select.select([channel], [], [], 0)[0]) and channel.recv(1, socket.MSG_PEEK) == b""
