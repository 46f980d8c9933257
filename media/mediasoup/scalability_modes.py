"""Reading scalability modes such as ``L1T3``, ``S3T3`` and ``L3T3_KEY``."""

import re
from typing import TypedDict

_MODE = re.compile(r"[LS]([1-9][0-9]?)T([1-9][0-9]?)(_KEY)?")


class ScalabilityMode(TypedDict):
    """Layers of a stream; ``ksvc`` when spatial layers depend on each other in key frames only."""

    spatialLayers: int
    temporalLayers: int
    ksvc: bool


def parse_scalability_mode(scalability_mode: str | None) -> ScalabilityMode:
    """Return the layers a mode stands for; one spatial and one temporal layer when it is missing or unknown."""
    match = _MODE.match(scalability_mode or "")
    if match is None:
        return {"spatialLayers": 1, "temporalLayers": 1, "ksvc": False}
    return {"spatialLayers": int(match[1]), "temporalLayers": int(match[2]), "ksvc": match[3] is not None}
