"""Logging to the console, for people to read."""

from typing import Any


def console_logging(level: str) -> dict[str, Any]:
    """A `LOGGING` setting: our own loggers from `level` up, everybody else's warnings."""
    ours = {name: {"level": level} for name in ("kcs", "media", "meetings")}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"human": {"format": "{asctime} {levelname:<7} {name}: {message}", "style": "{"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "human"}},
        "root": {"level": "WARNING", "handlers": ["console"]},
        "loggers": {
            **ours,
            "django": {"level": "WARNING", "handlers": [], "propagate": True},
            "django.server": {"level": "INFO", "handlers": [], "propagate": True},
        },
    }
