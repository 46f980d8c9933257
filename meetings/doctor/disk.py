"""Disk space where this site writes."""

import os
import shutil
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from media.doctor.aside import aside
from media.doctor.finding import Finding, green, red, yellow

LITTLE, NOTHING = 2 * 1024**3, 256 * 1024**2
FEW_FILES = 1000


async def disk() -> Finding:
    """Of the run-time directory, in which SQLite has its file; PostgreSQL's disk is for its own host to watch."""
    return await aside(_disk)


def _disk() -> Finding:
    var = Path(settings.VAR_DIR)
    usage, files = shutil.disk_usage(var), os.statvfs(var)
    said = f"{_size(usage.free)} of {_size(usage.total)} are free in {var}; {_database()}"
    facts = {"free": usage.free, "total": usage.total, "files": files.f_favail}
    if not os.access(var, os.W_OK):
        return red(
            f"{var} cannot be written by this user.", f"Run this as the user who runs the site, or `chown` {var}."
        )
    if usage.free < NOTHING or (files.f_files and files.f_favail < FEW_FILES):
        return red(f"{said}.", "Free some: writing fails soon, and with it joining. Look at logs first.", **facts)
    if usage.free < LITTLE:
        return yellow(f"{said}.", "Free some, or shorten INCIDENT_DAYS.", **facts)
    return green(f"{said}.", **facts)


def _database() -> str:
    if connection.vendor == "sqlite":
        name = Path(str(connection.settings_dict["NAME"]))
        return f"the database has {_size(name.stat().st_size)}" if name.is_file() else "there is no database file yet"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return f"the database has {_size(cursor.fetchone()[0])}, on its own disk"
    except DatabaseError:
        return "how large the database is cannot be told"


def _size(count: int) -> str:
    return f"{count / 1024**3:.1f} GiB" if count >= 1024**3 else f"{count / 1024**2:.1f} MiB"
