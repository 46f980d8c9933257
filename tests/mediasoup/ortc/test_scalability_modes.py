"""Reading scalability modes."""

import pytest

from media.mediasoup.scalability_modes import parse_scalability_mode
from tests.mediasoup.ortc.cases import MODES
from tests.mediasoup.ortc.upstream import Upstream


@pytest.mark.parametrize("mode", [*MODES, None, "L100T1", "S2T3_KEYS", "xL2T2", "L2T", "L٢T2"])
def test_every_mode_reads_as_upstream_reads_it(upstream: Upstream, mode: str | None) -> None:
    assert parse_scalability_mode(mode) == upstream.call("scalabilityMode", mode).value


def test_key_frame_dependent_layers() -> None:
    assert parse_scalability_mode("L3T2_KEY") == {"spatialLayers": 3, "temporalLayers": 2, "ksvc": True}


def test_an_unknown_mode_is_one_layer() -> None:
    assert parse_scalability_mode("anything") == {"spatialLayers": 1, "temporalLayers": 1, "ksvc": False}
