"""Media in the admin. Each part registers itself."""

from media.admin import incidents, live  # noqa: F401
