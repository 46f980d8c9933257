"""Incidents, to look at: the media plane and the pages write them, nobody else does."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from media.models import Incident

# Generic for the type checker only.
if TYPE_CHECKING:
    IncidentModelAdmin = admin.ModelAdmin[Incident]
else:
    IncidentModelAdmin = admin.ModelAdmin


@admin.register(Incident)
class IncidentAdmin(IncidentModelAdmin):
    """What failed, when, whom it hit and for how long."""

    list_display = ["began_at", "kind", "node", "worker", "lasted", "hit", "longest_gap"]
    list_filter = ["kind", "began_at"]
    search_fields = ["id", "node", "meetings", "participants"]
    date_hierarchy = "began_at"
    fields = (
        "id",
        "kind",
        "began_at",
        "ended_at",
        "lasted",
        "node",
        "worker",
        "meetings",
        "each_gap",
        "details",
    )
    readonly_fields = fields

    @admin.display(description="lasted")
    def lasted(self, incident: Incident) -> str:
        """From its beginning to the system's recovery."""
        if incident.ended_at is None:
            return "not known to be over"
        return f"{(incident.ended_at - incident.began_at).total_seconds():.1f} s"

    @admin.display(description="hit")
    def hit(self, incident: Incident) -> str:
        """How many people in how many meetings."""
        people, meetings = len(incident.participants), len(incident.meetings)
        if not people:
            return "nobody"
        return f"{people} {'person' if people == 1 else 'people'} in {meetings} meeting{'' if meetings == 1 else 's'}"

    @admin.display(description="longest gap")
    def longest_gap(self, incident: Incident) -> str:
        """Of those that pages told of."""
        return f"{max(incident.gaps.values()) / 1000:.2f} s" if incident.gaps else "none told"

    @admin.display(description="gaps")
    def each_gap(self, incident: Incident) -> SafeString:
        """Everybody who was hit, the longest gap first."""
        known = incident.gaps
        order = sorted(incident.participants, key=lambda one: known.get(one, -1), reverse=True)
        rows = format_html_join(
            "",
            "<tr><td>{}</td><td>{}</td></tr>",
            ((one, f"{known[one]} ms" if one in known else "not told") for one in order),
        )
        return format_html("<table><tr><th>participant</th><th>gap</th></tr>{}</table>", rows) if rows else rows

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
