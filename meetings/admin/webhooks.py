"""Webhooks and what they were told, to look at, to try, and to turn on and off."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from meetings.admin.scoped import ScopedAdmin, readonly
from meetings.models import Webhook, WebhookDelivery
from meetings.protocol.codes import Refusal
from meetings.webhooks.keeping import change_webhook, try_webhook

# Generic for the type checker only.
if TYPE_CHECKING:
    WebhookModelAdmin = admin.ModelAdmin[Webhook]
    WebhookDeliveryModelAdmin = admin.ModelAdmin[WebhookDelivery]
else:
    WebhookModelAdmin = WebhookDeliveryModelAdmin = admin.ModelAdmin

# Nobody reads secrets; the others come first.
_HIDDEN = ("secret", "previous_secret", "owner", "organisation")


@admin.register(Webhook)
class WebhookAdmin(ScopedAdmin, WebhookModelAdmin):
    """Their owners make them over the API; nobody reads their secrets here."""

    list_display = ["url", "owner", "organisation", "active", "failing_since", "disabled_because", "created_at"]
    list_filter = ["active", ("failing_since", admin.EmptyFieldListFilter), "created_at"]
    list_select_related = ["owner", "organisation"]
    search_fields = ["url", "owner__username", "organisation__name"]
    readonly_fields = ["owner", "organisation", *readonly(Webhook, *_HIDDEN)]
    fields = [*readonly_fields]
    actions = ["try_it", "turn_on", "turn_off"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.action(description="Send a test", permissions=["change"])
    def try_it(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        """As the API's test: what became of it stands among the deliveries in a moment."""
        sent = 0
        for hook in queryset:
            try:
                try_webhook(hook)
            except Refusal as refusal:
                self.message_user(request, f"{hook}: {refusal.details}", messages.WARNING)
            else:
                sent += 1
        if sent:
            self.message_user(request, f"{sent} on their way; see the deliveries in a moment.", messages.SUCCESS)

    @admin.action(description="Turn on", permissions=["change"])
    def turn_on(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        """Told what happens from now on."""
        for hook in queryset:
            change_webhook(hook, {"active": True})

    @admin.action(description="Turn off", permissions=["change"])
    def turn_off(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        """Told nothing any more; what is due is dropped."""
        for hook in queryset:
            change_webhook(hook, {"active": False})


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ScopedAdmin, WebhookDeliveryModelAdmin):
    """The log of what webhooks were told."""

    list_display = ["created_at", "event", "webhook", "state", "tries", "status_code", "due_at", "error"]
    list_filter = ["state", "event", "status_code", "created_at"]
    list_select_related = ["webhook"]
    search_fields = ["id", "webhook__url", "meeting__code", "meeting__title"]
    date_hierarchy = "created_at"
    fields = [*readonly(WebhookDelivery)]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
