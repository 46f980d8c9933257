"""Does a binary start, and is it of the pinned version?

mediasoup's worker does not know its own version: it takes MEDIASOUP_VERSION from its parent on trust and has no switch
that prints one. So the version is read, in this order, from the record beside a binary of ours, from the npm package in
whose `worker/out` folder it lies, and otherwise judged by what the binary can do: it must know every request of the
pinned version's schemas by name, say that it runs, and answer.
"""

import json
import os
import re
import select
import socket
import struct
import subprocess
import time
from pathlib import Path

from .cache import recorded_version
from .pinned import VERSION

START_SECONDS = 5.0
NOTIFICATION_IN_MESSAGE = 3
WORKER_RUNNING = 4


class BinaryUnfit(Exception):
    """The binary does not start, or is of another version. The text is one sentence that says so."""


def check_starts(binary: Path, seconds: float = START_SECONDS) -> None:
    """Start the binary, wait until it says WORKER_RUNNING, and let it go. Raises BinaryUnfit with the reason."""
    ours_in, theirs_in = socket.socketpair()
    ours_out, theirs_out = socket.socketpair()
    with ours_in, ours_out:
        with theirs_in, theirs_out:
            process = _spawn(binary, theirs_in.fileno(), theirs_out.fileno())
        try:
            message = _first_message(ours_out, time.monotonic() + seconds)
        finally:
            # It ends itself when its pipe closes; a binary that is something else altogether may not.
            process.kill()
            _, said = process.communicate()
    if message is None:
        raise BinaryUnfit(_why_silent(process.returncode, said.decode(errors="replace").strip(), seconds))
    if running_pid(message) != str(process.pid):
        raise BinaryUnfit("It starts, but what it says first is not that a mediasoup worker is running.")


def known_version(binary: Path) -> str | None:
    """The binary's version where something says it, else None."""
    return recorded_version(binary) or _npm_version(binary)


def unknown_methods(binary: Path, schemas: Path) -> list[str]:
    """The requests in `schemas` of which the binary does not even have the name: none, if it is of that version."""
    declared = re.search(r"enum Method[^{]*\{(.*?)\}", (schemas / "request.fbs").read_text(), re.DOTALL)
    if declared is None:
        raise BinaryUnfit(f"{schemas / 'request.fbs'} is no schema of mediasoup's requests.")
    methods = re.findall(r"^\s*([A-Z][A-Z0-9_]+)", declared.group(1), re.MULTILINE)
    spoken = {_bare(name.decode()) for name in re.findall(rb"[a-zA-Z]{4,}\.[a-zA-Z]{4,}", binary.read_bytes())}
    # One name is not the schema's with other punctuation: worker.closeWebRtcServer.
    return [m for m in methods if _bare(m) not in spoken and m != "WORKER_WEBRTCSERVER_CLOSE"]


def check_version(binary: Path, schemas: Path) -> None:
    """Raises BinaryUnfit unless the binary is, as far as anybody can tell, of the pinned version."""
    version = known_version(binary)
    if version is not None and version != VERSION:
        raise BinaryUnfit(f"It is version {version}, and this project speaks to {VERSION}.")
    if version is None and (missing := unknown_methods(binary, schemas)):
        others = f" and {len(missing) - 1} more requests" if len(missing) > 1 else ""
        raise BinaryUnfit(f"It is not version {VERSION}: it does not know {missing[0]}{others}.")


def running_pid(message: bytes) -> str | None:
    """The process id in a WORKER_RUNNING notification (FlatBuffers without the length in front), else None."""
    try:
        root = struct.unpack_from("<I", message)[0]
        kind = _field(message, root, 0)
        body = _field(message, root, 1)
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


def _spawn(binary: Path, channel_in: int, channel_out: int) -> "subprocess.Popen[bytes]":
    # The shell puts the sockets at 3 and 4, where the worker looks for them, whatever their numbers are here.
    redirect = f'exec "$0" --logLevel=none 3<&{channel_in} 3>&{channel_in} 4<&{channel_out} 4>&{channel_out}'
    return subprocess.Popen(
        ["/bin/sh", "-c", redirect, str(binary)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        pass_fds=(channel_in, channel_out),
        env={**os.environ, "MEDIASOUP_VERSION": VERSION},
    )


def _first_message(channel: socket.socket, deadline: float) -> bytes | None:
    received = b""
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([channel], [], [], left)[0]:
            return None
        chunk = channel.recv(65536)
        if not chunk:
            return None
        received += chunk
        if len(received) >= 4 and len(received) >= 4 + (length := struct.unpack_from("<I", received)[0]):
            return received[4 : 4 + length]
    return None


def _why_silent(returncode: int, said: str, seconds: float) -> str:
    if returncode == -9:
        return f"It starts, but says nothing within {seconds:g} s."
    last = said.splitlines()[-1] if said else "it printed nothing"
    return f"It does not start (exit code {returncode}: {last})."


def _npm_version(binary: Path) -> str | None:
    """The version of the npm package mediasoup in which the binary lies (worker/out/Release/mediasoup-worker)."""
    for folder in binary.resolve().parents:
        try:
            package = json.loads((folder / "package.json").read_text())
        except (OSError, ValueError):
            continue
        if isinstance(package, dict) and package.get("name") == "mediasoup":
            version = package.get("version")
            return version if isinstance(version, str) else None
        return None
    return None


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
