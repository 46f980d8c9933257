"""What Chromium and pymediasoup really send, through every step."""

from typing import Any

from media.mediasoup import ortc
from tests.mediasoup.ortc.stricter import tidied_capabilities, tidied_parameters
from tests.mediasoup.ortc.upstream import Upstream


def test_capabilities_are_normalised_as_upstream_does(upstream: Upstream, real_client: dict[str, Any]) -> None:
    for name in ("rtpCapabilities", "nativeRtpCapabilities"):
        theirs = upstream.call("capabilities", real_client[name])
        assert ortc.validate_and_normalize_rtp_capabilities(real_client[name]) == tidied_capabilities(theirs.value)


def test_everything_produced_is_consumed_as_upstream_does(upstream: Upstream, real_client: dict[str, Any]) -> None:
    router: Any = ortc.generate_router_rtp_capabilities(real_client["routerMediaCodecs"])
    assert upstream.call("router", real_client["routerMediaCodecs"]).value == router
    assert len(real_client["produced"]) >= 2
    for produced in real_client["produced"]:
        parameters: Any = ortc.validate_and_normalize_rtp_parameters(produced["rtpParameters"])
        assert parameters == tidied_parameters(upstream.call("parameters", produced["rtpParameters"]).value)
        mapping, answered = ortc.get_producer_rtp_parameters_mapping(parameters, router, first_mapped_ssrc=100_000_000)
        theirs = upstream.call("mapping", parameters, router).value
        assert theirs == {"mapping": mapping, "parameters": answered}
        consumable: Any = ortc.get_consumable_rtp_parameters(produced["kind"], answered, router, mapping)
        assert consumable == upstream.call("consumable", produced["kind"], answered, router, mapping).value
        assert ortc.can_consume(consumable, real_client["rtpCapabilities"])
        capabilities: Any = ortc.validate_and_normalize_rtp_capabilities(real_client["rtpCapabilities"])
        ours = ortc.get_consumer_rtp_parameters(consumable, capabilities, pipe=False, enable_rtx=True, ssrc=100_000_000)
        options = {"consumableRtpParameters": consumable, "remoteRtpCapabilities": capabilities}
        assert ours == upstream.call("consumer", {**options, "pipe": False, "enableRtx": True}).value


def test_a_camera_in_three_layers_is_what_it_was_asked_to_be(real_client: dict[str, Any]) -> None:
    """Guards the files: what makes these captures worth keeping must be in them."""
    kinds = {produced["kind"] for produced in real_client["produced"]}
    assert kinds == {"audio", "video"}
    if "Chromium" in real_client["client"]:
        layers = [len(produced["rtpParameters"]["encodings"]) for produced in real_client["produced"]]
        assert layers == [1, 3, 3, 1, 1]
