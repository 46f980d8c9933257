"""What tests of meetings have: Alice, Bob, and a media node behind them."""

from __future__ import annotations

from tests.meetings.conftest import (  # noqa: F401
    _media_node_of_these_tests,
    _newcomers_settings,
    alice,
    bob,
    media,
    meeting,
    open_socket,
    someone,
)
