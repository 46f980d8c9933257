"""What is pinned: the version of mediasoup, and where in the checkout its source lies."""

import json
from pathlib import Path

VERSION = "3.27.1"
"""The one version of mediasoup that this project speaks to: schemas and binary belong together."""

CHECKOUT = Path(__file__).resolve().parents[2]
NPM_PACKAGE = CHECKOUT / "node_modules" / "mediasoup"
"""Where `npm ci` puts mediasoup's package, which carries the worker's source and its schemas."""

RECIPE = Path(__file__).resolve().parent / "recipe"

DEBIAN_PACKAGES = (
    "g++",
    "pkg-config",
    "libssl-dev",
    "libuv1-dev",
    "libsrtp2-dev",
    "libabsl-dev",
    "libflatbuffers-dev",
    "flatbuffers-compiler",
)
"""What a build of the worker needs from Debian 12, beside Python's venv module."""


def npm_version() -> str | None:
    """The version of mediasoup's npm package in the checkout, or None where it is not installed."""
    try:
        version = json.loads((NPM_PACKAGE / "package.json").read_text())["version"]
    except (OSError, ValueError, KeyError):
        return None
    return version if isinstance(version, str) else None
