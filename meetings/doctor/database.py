"""The database: there, quick, and with the tables that this version of the program needs."""

import time

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from media.doctor.aside import aside
from media.doctor.finding import Finding, green, red, yellow

SLOW_SECONDS = 0.1


async def database() -> Finding:
    """Connect and ask for nothing, twice: the second time tells how long a query takes."""
    return await aside(_database)


def _database() -> Finding:
    began = time.perf_counter()
    try:
        _ask("SELECT 1")
        connected = time.perf_counter()
        _ask("SELECT 1")
        took = time.perf_counter() - connected
        version = ".".join(map(str, connection.get_database_version()))
    except DatabaseError as error:
        said = str(error).strip().partition("\n")[0]
        return red(
            f"{_where()} does not answer: {said}",
            "Start it, or correct DATABASE_URL (host, port, user, password, name).",
            vendor=connection.vendor,
        )
    said = (
        f"{_where()}, version {version}, answers within {took * 1000:.1f} ms; "
        f"connecting took {(connected - began) * 1000:.0f} ms."
    )
    facts = {"vendor": connection.vendor, "version": version, "seconds": round(took, 5)}
    if took > SLOW_SECONDS:
        return yellow(said, "See what it is busy with (pg_stat_activity), and how far away it is.", **facts)
    return green(said, **facts)


async def migrations() -> Finding:
    """Every migration of this version of the program has been applied."""
    return await aside(_migrations)


def _migrations() -> Finding:
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return yellow("The database does not tell which migrations it has.", "See what `database` says.")
    missing = [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        return red(
            f"{len(missing)} migrations are not applied: {', '.join(missing[:3])}{more}.",
            "Run `manage.py migrate`.",
            missing=missing,
        )
    return green(f"All {len(executor.loader.applied_migrations)} migrations are applied.")


def _ask(query: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(query)


def _where() -> str:
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"SQLite at {known['NAME']}"
    name = {"postgresql": "PostgreSQL"}.get(connection.vendor, connection.vendor)
    return f"{name} at {known['HOST'] or 'its socket'}:{known['PORT'] or 'default port'}"
