"""A call of synthetic participants, made now."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

from media.doctor import Check, Finding
from media.doctor.finding import green, red

Json = dict[str, Any]

PATIENCE = 120.0


def probe_check() -> Check:
    """The check that `--probe` adds. It takes some seconds for each worker."""
    return Check("probe-call", "two bots call each other now", probe_call, "See `manage.py media_probe`.", PATIENCE)


async def probe_call() -> list[Finding]:
    """One finding for each worker. The bots bring a whole media stack along, and so have a process of their own."""
    command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "media_probe", "--json"]
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        told, complaints = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    try:
        report: Json = json.loads(told)
    except ValueError:
        last = complaints.decode(errors="replace").strip().rpartition("\n")[2]
        return [red(f"The probe ended with {process.returncode}: {last}", "See `manage.py media_probe`.")]
    return findings_of(report)


def findings_of(report: Json) -> list[Finding]:
    """What `media_probe --json` tells, as findings."""
    calls = [_of_call(call) for call in report["workers"]]
    if report["ok"] or any(not call["ok"] for call in report["workers"]):
        return calls
    return [red(f"{report.get('code', '')}: {report.get('sentence', '')}", report.get("action", "")), *calls]


def _of_call(call: Json) -> Finding:
    who = f"{call['node']}, worker {call['worker']}" if call["worker"] is not None else "The call"
    if not call["ok"]:
        remedy = call.get("action") or "See `manage.py media_probe`."
        return red(f"{who}: {call.get('code', '')}: {call.get('sentence', '')}", remedy, call=call)
    delay = call["glassToGlassMs"]["median"]
    return green(
        f"{who}: joined within {call['joinedMs']} ms, {call['framesSeen']} of {call['framesSent']} pictures seen, "
        f"{delay} ms from glass to glass, sound heard.",
        call=call,
    )
