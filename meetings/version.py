"""Which version of the pages this process serves."""

import functools
import hashlib
from pathlib import Path

BUILD = Path(__file__).parent / "static" / "meetings" / "build"


@functools.cache
def site_version() -> str:
    """Twelve characters that change with the browser bundle. A page that says others was loaded before an update."""
    digest = hashlib.sha256()
    for path in sorted(BUILD.rglob("*")):
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
