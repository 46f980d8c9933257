"""Media in the admin. Each part registers itself."""

from media import admin_incidents  # noqa: F401
