"""The doctor in the admin."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from meetings.doctor.checks import all_checks
from tests.live.server import ROOT

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_node(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_SOCKET = str(tmp_path / "media.sock")


def test_the_object_model_stays_out_of_the_memory_of_web_processes() -> None:
    program = (
        "import django; django.setup(); import kcs.urls, sys\n"
        "print([name for name in sys.modules if name.startswith(('media.mediasoup', 'aiortc', 'av'))])"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "kcs.settings"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def signed_in(*permissions: str, staff: bool = True) -> Client:
    user = User.objects.create_user("somebody", is_staff=staff)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def test_it_examines_when_it_is_opened() -> None:
    client = signed_in("view_livemedia")
    response = client.get(reverse("doctor"))
    assert response.status_code == 200
    assert "no-cache" in response["Cache-Control"]
    page = response.content.decode()
    for check in all_checks():
        assert f">{check.name}</th>" in page
    assert "No media node is running." in page
    assert 'class="doctor-red"' in page
    assert f'href="{reverse("doctor-json")}"' in page
    assert "style=" not in page


def test_it_gives_json() -> None:
    response = signed_in("view_livemedia").get(reverse("doctor-json"))
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    found = response.json()
    assert found["colour"] == "red"
    assert {finding["name"] for finding in found["findings"]} == {check.name for check in all_checks()}


@pytest.mark.parametrize("name", ["doctor", "doctor-json"])
def test_fault_others_want_to_look(name: str) -> None:
    url = reverse(name)
    assert Client().get(url)["Location"] == f"{reverse('admin:login')}?next={url}"
    client = signed_in(staff=True)
    assert client.get(url).status_code == 403
    User.objects.update(is_staff=False)
    assert client.get(url).status_code == 302
    assert client.post(url).status_code == 405


def test_the_ways_to_it() -> None:
    client = signed_in("view_livemedia")
    link = f'href="{reverse("doctor")}"'
    assert link in client.get(reverse("admin:index")).content.decode()
    assert link in client.get(reverse("admin:media_livemedia_changelist")).content.decode()
    User.objects.get().user_permissions.clear()
    assert link not in client.get(reverse("admin:index")).content.decode()
