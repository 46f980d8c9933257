"""Tokens of people's programs, to look at and to take back."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from meetings.admin.scoped import ScopedAdmin
from meetings.models import ApiToken

# Generic for the type checker only.
if TYPE_CHECKING:
    ApiTokenModelAdmin = admin.ModelAdmin[ApiToken]
else:
    ApiTokenModelAdmin = admin.ModelAdmin


@admin.register(ApiToken)
class ApiTokenAdmin(ScopedAdmin, ApiTokenModelAdmin):
    """Whoever has the account makes them; deleted, they are good no more."""

    list_display = ["name", "user", "scopes", "created_at", "expires_at", "used_at"]
    list_filter = ["created_at", "used_at"]
    list_select_related = ["user"]
    search_fields = ["name", "user__username"]
    fields = ["id", "user", "name", "scopes", "created_at", "expires_at", "used_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
