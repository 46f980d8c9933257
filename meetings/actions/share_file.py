"""Put a file into the chat, and get it from there."""

# Generic for the type checker only.
from __future__ import annotations

from typing import Any, BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

from meetings import access
from meetings.actions.actor import By, acting
from meetings.actions.chat_readers import readable_by
from meetings.actions.send_message import Addressed, addressee, put_into_chat, written_before
from meetings.files.kinds import USUAL, FileKind, kind_of
from meetings.files.naming import clean_name
from meetings.files.scanning import scan
from meetings.files.storing import file_storage, random_place
from meetings.models import Meeting, Participant, SharedFile
from meetings.protocol.codes import Refusal
from meetings.snapshots import message_entry

MEGABYTE = 1024 * 1024


def share_file(
    meeting_id: UUID, content: UploadedFile[Any], message: str, to: Addressed, message_id: UUID | None = None, *, by: By
) -> dict[str, Any]:
    """Write a message that carries the file; with the `message_id` of one that the same person wrote already, nothing
    new is written. Nobody sees anything of it before the scanner has.

    Answers the contract's MESSAGE. Raises Refusal as `send_message` does, and FILE_TOO_LARGE, FILE_KIND, FILE_INFECTED,
    SCAN_FAILED or TOO_MANY_FILES.
    """
    author, _ = sharing(meeting_id, to, by)
    if (sent := written_before(author, message_id)) is not None:
        return message_entry(sent, mine=True)
    size = content.size or 0
    demand_small(size)
    _demand_room(meeting_id, size)
    stream = cast(BinaryIO, content)
    kind = _kind(stream)
    # It may take as long as it likes: no row is locked meanwhile.
    scan(stream)
    place = file_storage().save(random_place(), content)
    try:
        with transaction.atomic():
            # Of several who share at once each counts what those before have shared.
            Meeting.objects.select_for_update().get(id=meeting_id)
            author, recipient = sharing(meeting_id, to, by)
            if (sent := written_before(author, message_id)) is None:
                _demand_room(meeting_id, size)
                file = SharedFile.objects.create(
                    meeting_id=meeting_id,
                    name=clean_name(content.name or "", kind),
                    media_type=kind.media_type,
                    size=size,
                    place=place,
                    shared_at=timezone.now(),
                )
                return put_into_chat(author, message, to.kind, recipient, message_id, by=by, file=file)
    except BaseException:
        file_storage().delete(place)
        raise
    file_storage().delete(place)
    return message_entry(sent, mine=True)


def readable_file(file_id: UUID, *, by: By) -> SharedFile:
    """The file, for whoever may read the message that carries it. To everybody else it is as unknown as one that does
    not exist: Refusal FILE_NOT_FOUND.
    """
    nothing = Refusal("FILE_NOT_FOUND", "It is not in the chat, or not any more.")
    file = SharedFile.objects.filter(id=file_id, gone_at=None).first()
    if file is None:
        raise nothing
    try:
        reader = acting(file.meeting_id, by)
    except Refusal:
        raise nothing from None
    if access.act(reader, "chat-history") or not readable_by(reader).filter(file=file).exists():
        raise nothing
    return file


def demand_small(size: int) -> None:
    """Raises Refusal FILE_TOO_LARGE for more bytes than a file may have, NOT_ALLOWED where no files are shared."""
    if settings.FILE_MEGABYTES <= 0:
        raise Refusal("NOT_ALLOWED", "No files are shared on this site.")
    if size > settings.FILE_MEGABYTES * MEGABYTE:
        raise Refusal("FILE_TOO_LARGE", f"It may have {settings.FILE_MEGABYTES} MB.")


def sharing(meeting_id: UUID, to: Addressed, by: By) -> tuple[Participant, Participant | None]:
    """Who shares, and with whom alone. Raises Refusal as `send_message` does."""
    author = acting(meeting_id, by)
    # The host who is not there speaks to nobody.
    if author._state.adding and (refusal := access.stay(None)):
        raise refusal
    return author, addressee(author, to)


def _demand_room(meeting_id: UUID, size: int) -> None:
    """Raises Refusal TOO_MANY_FILES."""
    there = SharedFile.objects.filter(meeting_id=meeting_id, gone_at=None).aggregate(
        count=Count("id"), size=Sum("size")
    )
    if there["count"] >= settings.MEETING_FILES:
        raise Refusal("TOO_MANY_FILES", f"A meeting may have {settings.MEETING_FILES} of them.")
    if (there["size"] or 0) + size > settings.MEETING_FILE_MEGABYTES * MEGABYTE:
        raise Refusal("TOO_MANY_FILES", f"All files of a meeting may have {settings.MEETING_FILE_MEGABYTES} MB.")


def _kind(content: BinaryIO) -> FileKind:
    kind = kind_of(content)
    if kind is None or kind.name not in (settings.FILE_KINDS or USUAL):
        raise Refusal("FILE_KIND", f"These are: {', '.join(settings.FILE_KINDS or USUAL)}.")
    return kind
