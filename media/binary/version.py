"""Is a binary of the pinned version?

mediasoup's worker does not know its own version: it takes MEDIASOUP_VERSION from its parent on trust and has no switch
that prints one. So the version is read from the record beside a binary of ours, or from the npm package in whose
`worker/out` folder the binary lies; where neither says, the binary must know every request of the pinned version's
schemas by name.
"""

import json
import re
from pathlib import Path

from .cache import recorded_version
from .errors import BinaryUnfit
from .pinned import VERSION

# The worker spells this one differently from the schema: worker.closeWebRtcServer.
SPELT_DIFFERENTLY = "WORKER_WEBRTCSERVER_CLOSE"


def check_version(binary: Path, schemas: Path) -> None:
    """Raises BinaryUnfit unless the binary is, as far as anybody can tell, of the pinned version."""
    version = known_version(binary)
    if version is not None and version != VERSION:
        raise BinaryUnfit(f"It is version {version}, and this project speaks to {VERSION}.")
    if version is None and (missing := unknown_methods(binary, schemas)):
        others = f" and {len(missing) - 1} more requests" if len(missing) > 1 else ""
        raise BinaryUnfit(f"It is not version {VERSION}: it does not know {missing[0]}{others}.")


def known_version(binary: Path) -> str | None:
    """The binary's version where something says it, else None."""
    real = binary.resolve()
    return recorded_version(real) or _npm_version(real)


def unknown_methods(binary: Path, schemas: Path) -> list[str]:
    """The requests in `schemas` whose very name the binary lacks: none, if it is of that version."""
    declared = re.search(r"enum Method[^{]*\{(.*?)\}", (schemas / "request.fbs").read_text(), re.DOTALL)
    if declared is None:
        raise ValueError(f"{schemas / 'request.fbs'} declares no requests")
    methods = re.findall(r"^\s*([A-Z][A-Z0-9_]+)", declared.group(1), re.MULTILINE)
    spoken = {_bare(name.decode()) for name in re.findall(rb"[a-zA-Z]{4,}\.[a-zA-Z]{4,}", binary.read_bytes())}
    return [method for method in methods if _bare(method) not in spoken and method != SPELT_DIFFERENTLY]


def _npm_version(binary: Path) -> str | None:
    """The version of the npm package mediasoup in which the binary lies (worker/out/Release/mediasoup-worker)."""
    for folder in binary.parents:
        try:
            package = json.loads((folder / "package.json").read_text())
        except (OSError, ValueError):
            continue
        version = package.get("version") if package.get("name") == "mediasoup" else None
        return version if isinstance(version, str) else None
    return None


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
