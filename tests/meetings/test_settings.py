"""The settings: what they are with no variable set, and what each variable changes."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from kcs.env import is_loopback, lasting_secret
from tests.live.server import ROOT

NAMES = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")


def settings_with(var: Path, **variables: str) -> Any:
    """Some of the settings of a fresh process that has these variables and no others."""
    environment = {name: os.environ[name] for name in NAMES if name in os.environ}
    show = (
        "import json; from kcs import settings as s; print(json.dumps({n: getattr(s, n) for n in dir(s) "
        "if n.isupper() and isinstance(getattr(s, n), (str, int, list, dict, tuple, type(None)))}, default=str))"
    )
    done = subprocess.run(
        [sys.executable, "-c", show],
        cwd=ROOT,
        env={**environment, "KCS_VAR": str(var), **variables},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)


@pytest.fixture(autouse=True)
def _no_file_of_the_sites_own() -> None:
    if (ROOT / ".env").exists():
        pytest.skip("this checkout has a .env, which these settings would read")


def test_nothing_set(tmp_path: Path) -> None:
    settings = settings_with(tmp_path / "var")
    assert settings["DATABASES"]["default"]["NAME"] == str(tmp_path / "var" / "kcs.sqlite3")
    assert "InMemory" in settings["CHANNEL_LAYERS"]["default"]["BACKEND"]
    assert settings["ALLOW_ANONYMOUS_HOSTS"] is True
    assert settings["SIGN_UP"] == "open"
    assert settings["ACCOUNT_EMAIL_VERIFICATION"] == "none"
    assert settings["DEBUG"] is False
    assert "*" not in settings["ALLOWED_HOSTS"]
    key = tmp_path / "var" / "secret_key"
    assert settings["SECRET_KEY"] == key.read_text()
    assert len(settings["SECRET_KEY"]) > 50
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert settings_with(tmp_path / "var")["SECRET_KEY"] == settings["SECRET_KEY"]


def test_site_for_many_processes(tmp_path: Path) -> None:
    settings = settings_with(tmp_path, REDIS_URL="redis://r:6379/0", DATABASE_URL="postgresql://u:p@d:5432/kcs")
    assert settings["CHANNEL_LAYERS"]["default"]["BACKEND"].endswith("RedisPubSubChannelLayer")
    assert settings["CELERY_BROKER_URL"] == "redis://r:6379/0"
    assert settings["DATABASES"]["default"]["ENGINE"] == "django.db.backends.postgresql"
    assert settings["ALLOW_ANONYMOUS_HOSTS"] is False


def test_public_address_behind_tls(tmp_path: Path) -> None:
    settings = settings_with(tmp_path, SECRET_KEY="s", PUBLIC_URL="https://meet.example.org/")
    assert "meet.example.org" in settings["ALLOWED_HOSTS"]
    assert settings["CSRF_TRUSTED_ORIGINS"] == ["https://meet.example.org"]
    assert settings["SESSION_COOKIE_SECURE"] is True
    assert settings["SECURE_HSTS_SECONDS"] > 0
    assert settings["SIGN_UP"] == "invitation"
    assert settings["ALLOW_ANONYMOUS_HOSTS"] is False


def test_accounts(tmp_path: Path) -> None:
    settings = settings_with(
        tmp_path, SIGN_UP="closed", EMAIL_URL="smtp://mail.example.org", OIDC_ISSUER="https://id.example.org/"
    )
    assert settings["SIGN_UP"] == "closed"
    assert settings["ACCOUNT_EMAIL_VERIFICATION"] == "mandatory"
    (app,) = settings["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]["APPS"]
    assert app["settings"] == {"server_url": "https://id.example.org"}
    assert settings_with(tmp_path)["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]["APPS"] == []


def test_newcomer_who_listens_to_the_network(tmp_path: Path) -> None:
    assert settings_with(tmp_path, HOST="0.0.0.0")["ALLOWED_HOSTS"] == ["*"]
    assert "*" not in settings_with(tmp_path, HOST="0.0.0.0", SECRET_KEY="s")["ALLOWED_HOSTS"]


def test_secret_is_one_for_all_who_start_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(20) as threads:
        secrets = set(threads.map(lasting_secret, [tmp_path / "key"] * 20))
    assert len(secrets) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_loopback() -> None:
    assert is_loopback("127.0.0.1")
    assert not is_loopback("0.0.0.0")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SIGN_UP", "everybody"),
        ("PORT", "eighty"),
        ("MEDIASOUP_WORKERS", "all"),
        ("GRACE_SECONDS", "long"),
        ("ICE_SERVERS", "{"),
    ],
)
def test_a_setting_that_cannot_be_read_is_one_clear_line(name: str, value: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env={**os.environ, name: value},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"The setting {name} cannot be read: ")
    if name != "ICE_SERVERS":
        assert repr(value) in done.stderr
    assert len(done.stderr.splitlines()) == 1
