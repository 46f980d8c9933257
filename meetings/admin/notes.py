"""Notes of meetings, to look at."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from meetings.admin.scoped import ScopedAdmin
from meetings.models import Notes

# Generic for the type checker only.
if TYPE_CHECKING:
    NotesModelAdmin = admin.ModelAdmin[Notes]
else:
    NotesModelAdmin = admin.ModelAdmin


@admin.register(Notes)
class NotesAdmin(ScopedAdmin, NotesModelAdmin):
    """They are written in the meeting."""

    list_display = ["meeting", "changed_at", "version"]
    list_filter = ["changed_at"]
    search_fields = ["meeting__title", "meeting__code", "text"]
    list_select_related = ["meeting"]
    date_hierarchy = "changed_at"
    fields = ["meeting", "text", "version", "changed_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
