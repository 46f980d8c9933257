"""Upstream's own prebuilt worker, where this network reaches it and this machine can run it."""

import io
import os
import platform
import tarfile
import time
import urllib.request
from pathlib import Path

from . import cache
from .errors import BinaryUnfit
from .pinned import NPM_PACKAGE, VERSION, npm_version
from .probe import check_starts
from .version import check_version

RELEASES = "https://github.com/versatica/mediasoup/releases/download"
CONNECT_SECONDS = 5.0
WHOLE_SECONDS = 90.0
LARGEST_BYTES = 100 * 1024 * 1024
ARCHITECTURES = {"x86_64": "x64", "aarch64": "arm64"}


class NoPrebuilt(Exception):
    """There is none for this machine, it cannot be reached from here, or it does not start. A few words say which."""


def asset_name() -> str:
    """The name of upstream's archive for this machine. Raises NoPrebuilt where upstream makes none."""
    architecture = ARCHITECTURES.get(platform.machine())
    if platform.system() != "Linux" or architecture is None:
        raise NoPrebuilt(f"upstream makes none for {platform.system()} on {platform.machine()}")
    kernel = platform.release().split(".", 1)[0]
    return f"mediasoup-worker-{VERSION}-linux-{architecture}-kernel{kernel}.tgz"


def fetch_worker(workshop: Path) -> Path:
    """Download, unpack and start upstream's binary; return the folder in `workshop` that is ready to be installed.

    Raises NoPrebuilt, within a few seconds where the network is closed. Needs mediasoup's npm package for the schemas.
    """
    name = asset_name()
    if npm_version() != VERSION:
        raise NoPrebuilt("mediasoup's npm package, which has its schemas, is not installed")
    content = _download(f"{RELEASES}/{VERSION}/{name}")
    finished = workshop / "prebuilt"
    finished.mkdir()
    binary = finished / cache.BINARY_NAME
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
            member = next(m for m in archive if m.isfile() and os.path.basename(m.name) == cache.BINARY_NAME)
            packed = archive.extractfile(member)
            assert packed is not None
            binary.write_bytes(packed.read())
    except (tarfile.TarError, OSError, EOFError, StopIteration):
        raise NoPrebuilt("the archive has no worker in it") from None
    binary.chmod(0o755)
    cache.copy_schemas(NPM_PACKAGE / "worker" / "fbs", finished / "fbs")
    try:
        check_version(binary, finished / "fbs")
        check_starts(binary)
    except BinaryUnfit as unfit:
        raise NoPrebuilt(f"it cannot be used here. {unfit}") from None
    cache.write_record(finished, "prebuilt")
    return finished


def _download(url: str) -> bytes:
    """The whole answer. A network that lets nothing through costs CONNECT_SECONDS, one that trickles WHOLE_SECONDS."""
    content = bytearray()
    deadline = time.monotonic() + WHOLE_SECONDS
    try:
        with urllib.request.urlopen(url, timeout=CONNECT_SECONDS) as answer:
            while chunk := answer.read1(1 << 16):
                content += chunk
                if time.monotonic() > deadline or len(content) > LARGEST_BYTES:
                    raise NoPrebuilt("the download takes too long")
    except OSError as failure:
        raise NoPrebuilt(f"not reachable: {getattr(failure, 'reason', failure)}") from None
    return bytes(content)
