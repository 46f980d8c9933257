"""The same people and the same media node as in the tests of signalling."""

from tests.meetings.conftest import (  # noqa: F401  # fixtures
    _media_node_of_these_tests,
    _newcomers_settings,
    alice,
    bob,
    mallory,
    media,
    meeting,
    open_socket,
    someone,
)
