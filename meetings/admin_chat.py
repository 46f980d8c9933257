"""Messages of the chat, to look at."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from meetings.admin_scoped import ScopedAdmin
from meetings.models import ChatMessage

# Generic for the type checker only.
if TYPE_CHECKING:
    ChatMessageModelAdmin = admin.ModelAdmin[ChatMessage]
else:
    ChatMessageModelAdmin = admin.ModelAdmin


@admin.register(ChatMessage)
class ChatMessageAdmin(ScopedAdmin, ChatMessageModelAdmin):
    """What people write is changed and deleted by them and their hosts, whose readers hear of it at once. What was
    written to one person alone is not shown here either.
    """

    list_display = ["sent_at", "meeting", "author_name", "recipient_type", "words", "edited_at", "deleted_at"]
    list_filter = ["recipient_type", ("deleted_at", admin.EmptyFieldListFilter), "sent_at"]
    search_fields = ["author_name", "meeting__title", "meeting__code"]
    list_select_related = ["meeting"]
    date_hierarchy = "sent_at"
    fields = [
        "meeting",
        "author_name",
        "recipient_type",
        "recipient_name",
        "words",
        "sent_at",
        "edited_at",
        "deleted_at",
    ]

    @admin.display(description="message")
    def words(self, message: ChatMessage) -> str:
        """What was written, unless it was in private."""
        return "(private)" if message.recipient_type == ChatMessage.To.PRIVATE else message.message

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
