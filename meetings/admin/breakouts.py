"""Breakout rooms in the admin: when a meeting was divided, and who belonged where. To look at."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from meetings.admin.scoped import ScopedAdmin
from meetings.models import Breakouts, BreakoutSeat

# Generic for the type checker only.
if TYPE_CHECKING:
    BreakoutsModelAdmin = admin.ModelAdmin[Breakouts]
    BreakoutSeatModelAdmin = admin.ModelAdmin[BreakoutSeat]
else:
    BreakoutsModelAdmin = BreakoutSeatModelAdmin = admin.ModelAdmin


class ToLookAt(ScopedAdmin):
    """Rows that people make and change in meetings alone."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Breakouts)
class BreakoutsAdmin(ToLookAt, BreakoutsModelAdmin):
    """Each time that a meeting was divided."""

    list_display = ["meeting", "created_at", "opened_at", "closes_at", "closed_at"]
    list_filter = [("closed_at", admin.EmptyFieldListFilter), "created_at"]
    list_select_related = ["meeting"]
    search_fields = ["meeting__title", "meeting__code", "id"]
    date_hierarchy = "created_at"


@admin.register(BreakoutSeat)
class BreakoutSeatAdmin(ToLookAt, BreakoutSeatModelAdmin):
    """Who belonged where."""

    list_display = ["display_name", "breakouts", "room", "role", "user", "called"]
    list_filter = ["role", ("breakouts__closed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["breakouts__meeting", "room", "user"]
    search_fields = ["display_name", "user__username", "breakouts__meeting__title", "room__title"]
