"""Names of meetings and people, for whoever has only their ids."""

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse

from media.names import Name
from meetings.models import Meeting, Participant


def resolve(meetings: Collection[str], participants: Collection[str]) -> tuple[dict[str, Name], dict[str, Name]]:
    """`media.names.Resolver`, from the database. Ids that are none of ours are left out."""
    titles = Meeting.objects.filter(id__in=_uuids(meetings)).values_list("id", "title", "code")
    people = Participant.objects.filter(id__in=_uuids(participants)).values_list("id", "display_name")
    return (
        {
            str(id_): Name(f"{title} ({code})", reverse("admin:meetings_meeting_change", args=[id_]))
            for id_, title, code in titles
        },
        {
            str(id_): Name(name or "Guest", reverse("admin:meetings_participant_change", args=[id_]))
            for id_, name in people
        },
    )


def _uuids(texts: Collection[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
