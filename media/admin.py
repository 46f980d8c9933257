"""Media in the admin. Each part registers itself."""

from media import admin_incidents, admin_live  # noqa: F401
