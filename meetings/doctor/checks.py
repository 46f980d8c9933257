"""All checks of the site, in the order in which they are told."""

from collections.abc import Callable, Sequence
from functools import partial

from media.conf import media_settings
from media.doctor import Check, Finding, Rounds, media_checks
from meetings.doctor.asking import from_database
from meetings.doctor.celery_jobs import celery
from meetings.doctor.certificate import tls
from meetings.doctor.clock import clock
from meetings.doctor.database import database, migrations
from meetings.doctor.disk import disk
from meetings.doctor.handlers import handlers
from meetings.doctor.layer import channel_layer
from meetings.doctor.probe import latest_probe
from meetings.doctor.processes import web_processes
from meetings.doctor.recently import failures, incidents, unreached
from meetings.doctor.redis_server import redis
from meetings.doctor.settings_check import settings_check
from meetings.doctor.site import site
from meetings.doctor.static_files import static_files
from meetings.doctor.turn import turn

# First it hears what the nodes announce, and then it asks the servers.
TURN_PATIENCE = 12.0

SEE_LOGS = "See the logs of the web process."
SEE_DATABASE = "See what `database` says."
SEE_REDIS = "See what `redis` says."


def all_checks(rounds: Rounds | None = None) -> list[Check]:
    """For one examination; of the nodes that `rounds` go to, or that the settings lead to."""
    rounds = rounds or Rounds(media_settings)
    return [
        Check("settings", "settings mean what they say", settings_check, SEE_LOGS),
        *media_checks(rounds),
        Check("database", "the database answers", database, "Start it, or correct DATABASE_URL."),
        Check("migrations", "it has the tables that are needed", migrations, SEE_DATABASE),
        Check("redis", "Redis answers", redis, "Start it, or correct REDIS_URL."),
        Check("channel-layer", "a message comes back over the channel layer", channel_layer, SEE_REDIS),
        Check("celery", "a worker answers, the clock ticks, the queue is short", celery, SEE_REDIS),
        _of_rows("web-processes", "web processes that hold sockets", web_processes),
        Check("site", "pages and the signalling socket, as browsers reach them", site, SEE_LOGS),
        Check("tls", "the certificate of PUBLIC_URL", tls, "Let this host reach PUBLIC_URL."),
        Check(
            "turn",
            "STUN and TURN servers do what browsers will ask",
            partial(turn, rounds),
            "See TURN_URLS.",
            TURN_PATIENCE,
        ),
        Check("clock", "clocks agree", clock, "See `timedatectl`."),
        Check("disk", "there is space left", disk, "See whether the disk hangs (`dmesg`)."),
        Check("handlers", "each request of the contract has its handler", handlers, SEE_LOGS),
        Check("static-files", "scripts and styles are built", static_files, "Run `make setup`."),
        _of_rows("failures", "join attempts of the last day, by cause", failures),
        _of_rows("unreached", "browsers that got no answer at the announced addresses", unreached),
        _of_rows("incidents", "what failed in the last day", incidents),
        _of_rows("probe", "the latest probe call", latest_probe),
    ]


def _of_rows(name: str, about: str, read: Callable[[], Finding | Sequence[Finding]]) -> Check:
    async def ask() -> Finding | Sequence[Finding]:
        return await from_database(read)

    return Check(name, about, ask, SEE_DATABASE)
