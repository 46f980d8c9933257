"""Messages and files of the chat, to look at."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from meetings.admin.scoped import ScopedAdmin
from meetings.models import ChatMessage, SharedFile

# Generic for the type checker only.
if TYPE_CHECKING:
    ChatMessageModelAdmin = admin.ModelAdmin[ChatMessage]
    SharedFileModelAdmin = admin.ModelAdmin[SharedFile]
else:
    ChatMessageModelAdmin = SharedFileModelAdmin = admin.ModelAdmin


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


@admin.register(SharedFile)
class SharedFileAdmin(ScopedAdmin, SharedFileModelAdmin):
    """What was shared, as far as it is known of the message that carries it: what is in a file is for its readers."""

    list_display = ["shared_at", "meeting", "called", "media_type", "size", "gone_at"]
    list_filter = ["media_type", ("gone_at", admin.EmptyFieldListFilter), "shared_at"]
    search_fields = ["meeting__title", "meeting__code"]
    list_select_related = ["meeting", "message"]
    date_hierarchy = "shared_at"
    fields = ["meeting", "called", "media_type", "size", "shared_at", "gone_at"]

    @admin.display(description="name")
    def called(self, file: SharedFile) -> str:
        """What it is called, unless it was shared in private."""
        message: ChatMessage | None = getattr(file, "message", None)
        return file.name if message is not None and message.recipient_type != ChatMessage.To.PRIVATE else "(private)"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
