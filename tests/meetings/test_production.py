"""A site as it is put before the world."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from meetings.actions.start import start_meeting
from meetings.identity import Person
from tests.live.server import FOREIGN, ROOT
from tests.live.server import free_port as port_of_nobody


def test_checked_for_deployment(tmp_path: Path) -> None:
    """With the settings that docs/operations.md names for it, nothing is found."""
    environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    environment |= {
        "KCS_VAR": str(tmp_path),
        "PUBLIC_URL": "https://meet.example.org",
        "SECRET_KEY": "k3-" + "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "DATABASE_URL": f"postgresql://kcs@127.0.0.1:{port_of_nobody()}/kcs",
        "REDIS_URL": f"redis://127.0.0.1:{port_of_nobody()}/0",
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/m/{code}/",
        "/m/aaa-bbbb-ccc/",
        "/test/",
        "/meetings/",
        "/meetings/new/",
        "/meetings/{code}/",
        "/meetings/{code}/change/",
        "/account/",
        "/account/sign-in/",
        "/account/password/forgotten/",
        "/api/",
        "/api/meetings/",
        "/admin/",
        "/admin/meetings/meeting/",
        "/admin/meetings/joinattempt/",
        "/nowhere/",
    ],
)
def test_a_strict_policy_holds_on_every_page(path: str, admin_client: Client, admin_user: object) -> None:
    person = Person(user_id=admin_user.pk)  # type: ignore[attr-defined]
    code = start_meeting(person, "Standup").code
    response = admin_client.get(path.format(code=code))
    policy = response.headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in policy
    assert "'unsafe-eval'" not in policy
    assert "default-src 'self'" in policy or "default-src 'none'" in policy
    assert "object-src 'none'" in policy or "default-src 'none'" in policy
    assert "frame-ancestors" in policy
    text = response.content.decode()
    assert " style=" not in text
    assert "<style" not in text
    assert "onclick=" not in text
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "field", ["id", "code", "host_user", "hostUser", "host_guest", "organisation", "present", "state", "passcode_hash"]
)
def test_malice_nothing_is_assigned_that_is_not_for_clients(field: str, client: Client, settings: object) -> None:
    settings.ALLOW_ANONYMOUS_HOSTS = True  # type: ignore[attr-defined]
    made = client.post("/api/meetings/", {"title": "Mine"}, "application/json").json()
    before = client.get(f"/api/meetings/{made['id']}/").json()
    body = {field: "1", "title": "Mine"}
    for answer in (
        client.post("/api/meetings/", body, "application/json"),
        client.patch(f"/api/meetings/{made['id']}/", body, "application/json"),
    ):
        assert answer.status_code == 400, field
        assert field in answer.json()["detail"]
    assert client.get(f"/api/meetings/{made['id']}/").json() == before
