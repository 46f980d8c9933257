"""One server for the faults that need no other, with one worker on a known port, and the eyes on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.conftest import (  # noqa: F401  # fixtures
    People,
    chromium,
    code,
    people,
    relay,
    site,
)
from tests.faults.diagnosis import Diagnosis
from tests.faults.wires import WiredServer


@pytest.fixture(scope="session")
def server() -> Iterator[WiredServer]:
    """The server of these tests."""
    with WiredServer() as server:
        yield server


@pytest.fixture(scope="session")
def diagnosis(server: WiredServer) -> Diagnosis:
    """Of that server."""
    return Diagnosis(server)
