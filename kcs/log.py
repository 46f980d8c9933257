"""Logging to the console: for people to read, or a JSON object a line for programs to search."""

import json
import logging
import os
from datetime import UTC, datetime
from typing import Any, Literal

from django.core.exceptions import ImproperlyConfigured

from media.log_fields import FIELDS, log_fields

LogFormat = Literal["human", "json"]

# The library below the link, at both ends: at INFO each link that comes and goes, at DEBUG whole handshakes with the
# secret in them. Said here too, for configuring anew forgets what a module has set for its own logger.
WEBSOCKETS = ("media.link.server.websocket", "media.link.dialer.websocket")


class JsonLines(logging.Formatter):
    """`{time, level, logger, message, pid, …ids, exception?}`, one object a line. `time` is in UTC.

    The ids (`media.log_fields.FIELDS`) are those of what is being done, and those that the record was given as `extra`.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "pid": os.getpid(),
        }
        own = record.__dict__
        around = log_fields()
        line |= {name: str(own.get(name, around.get(name))) for name in FIELDS if name in own or name in around}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = self.formatStack(record.stack_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def chosen_format(wanted: str, *, by_default: LogFormat) -> LogFormat:
    """What LOG_FORMAT says. Raises ImproperlyConfigured for anything else."""
    match wanted:
        case "human" | "json":
            return wanted
        case "":
            return by_default
        case _:
            raise ImproperlyConfigured(f"LOG_FORMAT is {wanted!r}; it can be human or json, or be left out.")


def console_logging(level: str, log_format: LogFormat) -> dict[str, Any]:
    """A `LOGGING` setting: our own loggers from `level` up, everybody else's warnings."""
    ours = {name: {"level": level} for name in ("kcs", "media", "meetings")}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "human": {"format": "{asctime} {levelname:<7} {name}: {message}", "style": "{"},
            "json": {"()": JsonLines},
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": log_format}},
        "root": {"level": "WARNING", "handlers": ["console"]},
        "loggers": {
            **ours,
            **{name: {"level": "WARNING"} for name in WEBSOCKETS},
            "django": {"level": "WARNING", "handlers": [], "propagate": True},
            "django.server": {"level": "INFO", "handlers": [], "propagate": True},
        },
    }
