"""A real node to examine."""

from __future__ import annotations

from typing import Any

import pytest

from media.conf import MediaSettings
from media.doctor import Rounds
from tests.node.conftest import config, node, run_dir, settings_of  # noqa: F401


@pytest.fixture(autouse=True)
def _newcomers_settings(settings: Any) -> None:
    """Whatever the environment of these tests says."""
    settings.PUBLIC_URL, settings.REDIS_URL = "", ""


@pytest.fixture
def rounds(settings_of: MediaSettings) -> Rounds:  # noqa: F811
    return Rounds(lambda: settings_of)
