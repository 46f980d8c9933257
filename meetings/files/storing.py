"""Where shared files lie: in the storage `files`, under names that tell nothing, and which no web server serves."""

import contextlib
import logging
import secrets
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone

from meetings.models.shared_file import SharedFile

log = logging.getLogger(__name__)

# An upload has this long from its first byte in the storage to its row.
_UNCLAIMED: Final = timedelta(hours=1)


def file_storage() -> Storage:
    """The storage of shared files."""
    return storages["files"]


def random_place() -> str:
    """A name for a file that nobody can guess."""
    place = secrets.token_hex(20)
    return f"{place[:2]}/{place}"


def forget(file: SharedFile) -> None:
    """Delete what is in the file, once the transaction commits, and keep word of it."""
    place, file.place, file.gone_at = file.place, "", timezone.now()
    file.save(update_fields=["place", "gone_at"])
    _delete_on_commit(place)


@receiver(post_delete, sender=SharedFile)
def _row_is_gone(sender: Any, instance: SharedFile, **_: Any) -> None:
    _delete_on_commit(instance.place)


def _delete_on_commit(place: str) -> None:
    if place:
        transaction.on_commit(partial(_delete, place))


def _delete(place: str) -> None:
    try:
        file_storage().delete(place)
    except OSError as error:
        log.error("The shared file %s cannot be deleted and is left to the sweep: %s", place, error)


def sweep_files(older_than: timedelta) -> int:
    """Delete what is in files that were shared longer ago, files whose message is gone, and what lies in the storage
    and belongs to no file. How many.
    """
    now = timezone.now()
    swept = 0
    for file in SharedFile.objects.filter(shared_at__lt=now - older_than, gone_at=None).iterator():
        with transaction.atomic():
            forget(file)
        swept += 1
    for file in SharedFile.objects.filter(message=None, shared_at__lt=now - _UNCLAIMED).iterator():
        file.delete()
        swept += 1
    return swept + _sweep_storage(now - _UNCLAIMED)


def _sweep_storage(before: datetime) -> int:
    storage = file_storage()
    swept = 0
    for folder in _listed(storage, "")[0]:
        places = {f"{folder}/{name}" for name in _listed(storage, folder)[1]}
        places -= set(SharedFile.objects.filter(place__in=places).values_list("place", flat=True))
        for place in places:
            # It may be gone meanwhile.
            with contextlib.suppress(FileNotFoundError):
                if storage.get_modified_time(place) < before:
                    storage.delete(place)
                    swept += 1
    return swept


def _listed(storage: Storage, folder: str) -> tuple[list[str], list[str]]:
    try:
        return storage.listdir(folder)
    except FileNotFoundError:
        return [], []
