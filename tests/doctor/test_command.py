"""`manage.py media_doctor` as operators run it, on sites that are well and on sites that are not."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from media.doctor import Finding
from meetings.doctor.checks import all_checks
from meetings.doctor.examination import Examination
from meetings.doctor.render import render
from tests.live.server import FOREIGN, ROOT, RunningServer, free_port
from tests.live.waiting import eventually_blocking
from tests.meetings.debian_services import postgresql, redis

from .findings import Json, told

pytestmark = pytest.mark.long

NAMES = [check.name for check in all_checks()]
LONGEST_SECONDS = 15.0


def environment(var: Path, **more: str) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if name not in FOREIGN},
        "KCS_VAR": str(var),
        "SECRET_KEY": "of the doctor's tests",
        "MEDIA_EMBEDDED": "0",
        "PORT": str(free_port()),
        **more,
    }


def manage(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False)


def doctor(environ: dict[str, str], *names: str) -> dict[str, list[Json]]:
    """The findings of these checks, or all."""
    return told(manage(environ, "media_doctor", "--json", *(word for name in names for word in ("--only", name))))


def colours(found: dict[str, list[Json]]) -> dict[str, str]:
    """By name, where there is one finding a name."""
    return {name: "/".join(one["colour"] for one in some) for name, some in found.items()}


@contextmanager
def celery(environ: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "celery", "-A", "kcs", *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as one:
        try:
            yield one
        finally:
            one.kill()


# Whole sites


def test_a_site_that_is_well() -> None:
    """All there is to say is that nobody has probed it yet, and, in a bare checkout, that scripts are missing."""
    with RunningServer() as server:
        done = server.manage("media_doctor", "--json")
        found = told(done)
        assert list(found) == NAMES
        wrong = {name: some for name, some in found.items() if any(one["colour"] != "green" for one in some)}
        assert wrong.keys() - {"probe", "static-files"} == set(), wrong
        assert f"http://127.0.0.1:{server.port} serves pages" in found["site"][0]["evidence"]
        assert "opens and answers" in found["site"][1]["evidence"]
        assert server.new_tracebacks() == ""


def test_fault_database_and_redis_are_away(tmp_path: Path) -> None:
    """Nothing is well, and yet everything is told, in time."""
    away = environment(
        tmp_path,
        DATABASE_URL=f"postgresql://kcs@127.0.0.1:{free_port()}/kcs",
        REDIS_URL=f"redis://127.0.0.1:{free_port()}/0",
    )
    began = time.monotonic()
    done = manage(away, "media_doctor", "--json")
    took = time.monotonic() - began
    found = told(done)
    assert done.returncode == 1
    assert list(found) == NAMES
    assert took < LONGEST_SECONDS
    for name in ("database", "redis", "channel-layer", "celery", "nodes", "site"):
        [one] = found[name]
        assert one["colour"] == "red", one
        assert one["remedy"], one
    assert "DATABASE_URL" in found["database"][0]["remedy"]
    assert "REDIS_URL" in found["redis"][0]["remedy"]
    for name in ("migrations", "failures", "incidents", "probe", "web-processes"):
        [one] = found[name]
        assert one["colour"] == "yellow", one
        assert "database" in one["remedy"], one
    assert "Traceback" not in done.stderr


def test_a_large_site_comes_up_piece_by_piece(tmp_path: Path) -> None:
    """PostgreSQL without tables; then tables; then a Celery worker; then its clock; then the worker hangs."""
    with redis() as redis_url, postgresql() as database_url:
        site = environment(tmp_path, REDIS_URL=redis_url, DATABASE_URL=database_url)
        found = doctor(site, "database", "migrations", "redis", "channel-layer", "clock", "celery", "nodes", "probe")
        assert colours(found) == {
            "nodes": "red",
            "database": "green",
            "migrations": "red",
            "redis": "green",
            "channel-layer": "green",
            "celery": "red",
            "clock": "green",
            "probe": "yellow",
        }
        assert "PostgreSQL at 127.0.0.1" in found["database"][0]["evidence"]
        assert found["migrations"][0]["remedy"] == "Run `manage.py migrate`."
        assert "0 workers answered" in found["celery"][0]["evidence"]
        assert found["clock"][0]["details"]["offsets"].keys() == {"the database", "Redis"}

        assert manage(site, "migrate", "--verbosity", "0").returncode == 0
        assert colours(doctor(site, "migrations", "probe", "failures")) == {
            "migrations": "green",
            "probe": "yellow",
            "failures": "green",
        }
        with celery(site, "worker", "--pool", "solo", "--without-gossip", "--without-mingle") as worker:

            def says(words: str) -> dict[str, Any] | None:
                [one] = doctor(site, "celery")["celery"]
                return one if words in one["evidence"] else None

            silent = eventually_blocking("the worker answers", lambda: says("1 workers answered"), within=60)
            assert silent["colour"] == "red"
            assert "clock is silent" in silent["evidence"]
            assert "celery -A kcs beat" in silent["remedy"]
            with celery(site, "beat", "--schedule", str(tmp_path / "beat"), "--pidfile", ""):
                well = eventually_blocking("the clock ticks", lambda: says("the last sweep was"), within=60)
                assert well["colour"] == "green", well
            worker.send_signal(signal.SIGSTOP)
            hanging = says("0 workers answered")
            assert hanging is not None
            assert hanging["colour"] == "red"
            assert "celery -A kcs worker" in hanging["remedy"]


# Arguments, and what is printed


def run(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("media_doctor", *arguments, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def test_exit_codes(settings: Any) -> None:
    settings.TURN_URLS, settings.TURN_SECRET = ["turn:turn.example.org"], ""
    assert run("--only", "handlers")[0] == 0
    assert run("--only", "settings")[0] == 0
    assert run("--only", "settings", "--strict")[0] == 1
    settings.PUBLIC_URL = "http://meet.example.org"
    assert run("--only", "tls")[0] == 1
    with pytest.raises(CommandError, match="There is no check nonsense") as refusal:
        run("--only", "nonsense")
    assert refusal.value.returncode == 2


def test_the_list() -> None:
    code, text = run("--list")
    assert code == 0
    assert [line.split()[0] for line in text.splitlines()] == NAMES


def test_json() -> None:
    found = json.loads(run("--only", "handlers", "--json")[1])
    assert found.keys() == {"at", "seconds", "colour", "findings"}
    [finding] = found["findings"]
    assert finding.keys() == {"name", "colour", "evidence", "remedy", "details"}


def test_lines_for_people() -> None:
    found = Examination(
        0.0,
        1.23,
        [
            Finding("green", "It is well.", name="database"),
            Finding(
                "red", "It is away, and has been for a long while now.", "Start it, and look at its log.", name="redis"
            ),
        ],
    )
    text = render(found, width=60, ink=False)
    assert text.splitlines() == [
        "green   database  It is well.",
        "red     redis     It is away, and has been for a long while",
        "                  now.",
        "                  -> Start it, and look at its log.",
        "",
        "red: 1 red, 0 yellow, 1 green; 1.2 s",
    ]
    coloured = render(found, width=60, ink=True)
    assert "\x1b[1;31mred\x1b[0m" in coloured
    assert "\x1b[32mgreen\x1b[0m" in run("--only", "handlers", "--force-color")[1]
