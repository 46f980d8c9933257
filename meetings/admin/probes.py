"""Runs of the probe, to look at."""

import json
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from meetings.models import ProbeRun

# Generic for the type checker only.
if TYPE_CHECKING:
    ProbeRunModelAdmin = admin.ModelAdmin[ProbeRun]
else:
    ProbeRunModelAdmin = admin.ModelAdmin


@admin.register(ProbeRun)
class ProbeRunAdmin(ProbeRunModelAdmin):
    """What probes write, nobody changes."""

    list_display = ["began_at", "ok", "code", "sentence", "took", "mail"]
    list_filter = ["ok", "code", "began_at"]
    date_hierarchy = "began_at"
    fields = ["began_at", "took", "ok", "code", "sentence", "mail", "calls"]

    @admin.display(description="took", ordering="seconds")
    def took(self, run: ProbeRun) -> str:
        """How long the run lasted."""
        return f"{run.seconds:.1f} s"

    @admin.display(description="mail", ordering="alerted")
    def mail(self, run: ProbeRun) -> str:
        """In a word: a cross would look like a failure, and that none went out is the rule."""
        return "sent" if run.alerted else "none"

    @admin.display(description="calls")
    def calls(self, run: ProbeRun) -> SafeString:
        """What was found of each worker, with the evidence."""
        return format_html("<pre>{}</pre>", json.dumps(run.workers, indent=2))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
