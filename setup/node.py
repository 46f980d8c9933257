"""The npm packages in node_modules/: the browser's code, the bundler, and the worker's source."""

import platform

from . import stamp
from .commands import CHECKOUT, run

NODE_MODULES = CHECKOUT / "node_modules"


def ensure_packages() -> None:
    """`npm ci` where package-lock.json changed since it last ran. No package's install script runs (.npmrc)."""
    files = [CHECKOUT / name for name in ("package.json", "package-lock.json", ".npmrc")]
    # The bundler's binary is the processor's.
    wanted = stamp.digest(files, platform.machine())
    finished = NODE_MODULES / ".package-lock.stamp"
    if stamp.is_current(finished, wanted):
        return
    run(
        "installing the npm packages",
        ["npm", "ci", "--no-fund", "--no-audit", "--loglevel=error"],
        remedy="Check the network, then try again.",
    )
    stamp.write(finished, wanted)
