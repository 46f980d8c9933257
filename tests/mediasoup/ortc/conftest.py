"""mediasoup's own ortc for the tests that compare, and what real clients sent."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.mediasoup.ortc.upstream import Upstream

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def upstream() -> Iterator[Upstream]:
    with Upstream() as running:
        yield running


@pytest.fixture(params=["chromium", "pymediasoup"])
def real_client(request: pytest.FixtureRequest) -> dict[str, Any]:
    captured: dict[str, Any] = json.loads((DATA / f"{request.param}.json").read_text())
    return captured
