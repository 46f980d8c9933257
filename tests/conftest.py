"""What all tests share."""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long come first, so that where several run side by side none of them is waited for at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
