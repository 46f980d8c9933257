"""Where people find the site, and where bots call it."""

from __future__ import annotations

from typing import Any

import pytest

from meetings.links import public, site_url
from meetings.probe.address import own_url


@pytest.mark.parametrize(
    ("public_url", "host", "url"),
    [
        ("https://meet.example.org", "0.0.0.0", "https://meet.example.org"),
        ("", "127.0.0.1", "http://127.0.0.1:8000"),
        ("", "0.0.0.0", "http://localhost:8000"),
        ("", "", "http://localhost:8000"),
        ("", "::", "http://localhost:8000"),
        ("", "::1", "http://[::1]:8000"),
        ("", "[fd00::1]", "http://[fd00::1]:8000"),
        ("", "meet.example.org", "http://meet.example.org:8000"),
    ],
)
def test_where_people_find_the_site(settings: Any, public_url: str, host: str, url: str) -> None:
    settings.PUBLIC_URL, settings.HOST, settings.PORT, settings.PROBE_URL = public_url, host, 8000, ""
    assert site_url() == own_url() == url
    assert public("/m/abc/") == f"{url}/m/abc/"


def test_bots_may_call_another_address_and_nobody_is_sent_there(settings: Any) -> None:
    settings.PUBLIC_URL, settings.PROBE_URL = "https://meet.example.org", "http://10.0.0.5:8000"
    assert own_url() == "http://10.0.0.5:8000"
    assert public("/admin/") == "https://meet.example.org/admin/"
