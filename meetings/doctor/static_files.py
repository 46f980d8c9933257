"""The scripts and styles that pages load."""

import filecmp
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

from media.doctor.aside import aside
from media.doctor.finding import Finding, green, red, yellow

BUILT = tuple(f"meetings/build/{name}" for name in ("start.js", "meeting.js", "app.css", "icons.svg"))


async def static_files() -> Finding:
    """They are built, and where files are collected, collected since."""
    return await aside(_static_files)


def _static_files() -> Finding:
    built = {name: found for name in BUILT if isinstance(found := finders.find(name), str)}
    missing = [name for name in BUILT if name not in built]
    if missing:
        return red(
            f"Not built: {', '.join(missing)}. Pages have no script or style.", "Run `make setup`.", missing=missing
        )
    root = Path(settings.STATIC_ROOT)
    if not root.is_dir():
        return green(f"All {len(BUILT)} built files are there, and are served from where they lie.")
    stale = [name for name, source in built.items() if not _same(root / name, Path(source))]
    if stale:
        return yellow(
            f"{root} has other files than were built: {', '.join(stale)}.",
            "Run `manage.py collectstatic`, and restart the web processes.",
            stale=stale,
        )
    return green(f"All {len(BUILT)} built files are there, and collected in {root}.")


def _same(collected: Path, source: Path) -> bool:
    return collected.is_file() and filecmp.cmp(collected, source, shallow=False)
