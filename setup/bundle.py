"""The browser bundle in meetings/static/meetings/build/, made by esbuild from our modules and mediasoup-client."""

import subprocess

from . import stamp
from .commands import CHECKOUT, SetupFailed

SOURCES = CHECKOUT / "meetings" / "static" / "meetings"
BUILD = SOURCES / "build"
SCRIPT = CHECKOUT / "setup" / "bundle.mjs"
# Beside the packages it is made with, and out of reach of whatever serves static files.
STAMP = CHECKOUT / "node_modules" / ".kcs-bundle.stamp"


def ensure() -> None:
    """Build the bundle where a source, a package or the build script changed since, or where it is gone."""
    inputs = [path for path in SOURCES.rglob("*") if path.is_file() and BUILD not in path.parents]
    wanted = stamp.digest([*inputs, SCRIPT, CHECKOUT / "package-lock.json"])
    if stamp.is_current(STAMP, wanted) and BUILD.is_dir():
        return
    if subprocess.run(["node", str(SCRIPT)], cwd=CHECKOUT, stdin=subprocess.DEVNULL).returncode != 0:
        raise SetupFailed("the browser bundle does not build; the lines above say where.")
    stamp.write(STAMP, wanted)
