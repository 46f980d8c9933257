"""No function changes what it is given, whatever it makes of it."""

import copy
import random
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from media.mediasoup import ortc
from tests.mediasoup.ortc import cases
from tests.mediasoup.ortc.upstream import outcome_of


def unchanged(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Call a function; its value, or None when it refused. The arguments must be what they were."""
    before = copy.deepcopy(args)
    outcome = outcome_of(lambda: function(*args, **options))
    assert args == before
    assert repr(args) == repr(before)
    return outcome.value


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_arguments_stay_what_they_were(seed: int) -> None:
    rng = random.Random(seed)
    unchanged(ortc.generate_router_rtp_capabilities, cases.media_codecs(rng))
    unchanged(ortc.validate_and_normalize_sctp_stream_parameters, cases.sctp_stream_parameters(rng))
    router = unchanged(ortc.generate_router_rtp_capabilities, cases.router_codecs(rng))
    raw = cases.parameters(rng, router, "video")
    unchanged(ortc.validate_and_normalize_rtp_parameters, cases.broken(rng, raw))
    parameters = unchanged(ortc.validate_and_normalize_rtp_parameters, raw)
    mapped = unchanged(ortc.get_producer_rtp_parameters_mapping, parameters, router)
    if mapped is None:
        return
    consumable = unchanged(
        ortc.get_consumable_rtp_parameters, "video", mapped.rtp_parameters, router, mapped.rtp_mapping
    )
    capabilities = cases.capabilities(rng, router)
    unchanged(ortc.validate_and_normalize_rtp_capabilities, cases.broken(rng, capabilities))
    unchanged(ortc.can_consume, consumable, capabilities)
    for pipe in (True, False):
        unchanged(ortc.get_consumer_rtp_parameters, consumable, capabilities, pipe=pipe, enable_rtx=not pipe)
        unchanged(ortc.get_pipe_consumer_rtp_parameters, consumable, enable_rtx=pipe)
