"""What the sockets know how to do, against what the contract says."""

from media.doctor.finding import Finding, green, red, yellow
from meetings.handlers import HANDLERS
from meetings.protocol.requests import REQUESTS


async def handlers() -> Finding:
    """Each request of the contract has a handler, and each handler a request."""
    missing, surplus = sorted(REQUESTS.keys() - HANDLERS.keys()), sorted(HANDLERS.keys() - REQUESTS.keys())
    if missing:
        return red(
            f"{len(missing)} of {len(REQUESTS)} requests of the contract have no handler: {', '.join(missing)}.",
            "This installation is not of one piece: install one version completely, and restart.",
            missing=missing,
        )
    if surplus:
        return yellow(
            f"Handlers that the contract does not know: {', '.join(surplus)}.",
            "This installation is not of one piece: install one version completely, and restart.",
            surplus=surplus,
        )
    return green(f"All {len(REQUESTS)} requests of the contract have their handler.")
