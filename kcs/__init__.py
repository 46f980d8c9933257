"""Wiring: settings, ASGI, URLs, Celery, and the command that serves it all."""

from kcs.celery import app as celery_app

__all__ = ["celery_app"]
