"""By what somebody is found."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.db.models import Q

from meetings.models import Participant

# Who they are afterwards, wherever somebody has to be named.
NOBODY = "Deleted person"
# A name that is shorter stands in too many other words.
SHORTEST_NAME = 4


@dataclass(frozen=True, slots=True)
class Traces:
    """An account, or guests by their keys, with all their `stays`; and the words that name them."""

    stays: frozenset[UUID]
    user_id: int | None = None
    guests: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    names: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of_account(cls, user: User) -> Self:
        """Those of an account. Addresses that were never confirmed may be somebody else's."""
        stays = dict(Participant.objects.filter(user=user).values_list("id", "display_name"))
        confirmed = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
        return cls(
            stays=frozenset(stays),
            user_id=user.pk,
            emails=frozenset(one.lower() for one in (user.email, *confirmed) if one),
            names=frozenset({user.get_full_name(), user.get_username(), user.email, *stays.values()} - {""}),
        )

    @classmethod
    def of_stays(cls, stays: Iterable[Participant]) -> Self:
        """Those of guests, by stays of theirs."""
        known = list(stays)
        return cls(
            stays=frozenset(one.id for one in known),
            guests=frozenset(one.guest for one in known if one.guest),
            names=frozenset(one.display_name for one in known),
        )

    def rows(self, *, guest: str = "guest", user: str = "user_id") -> Q:
        """The rows that say that they are theirs, by these fields."""
        theirs = Q(**{f"{guest}__in": self.guests}) if self.guests else Q(pk__in=())
        return theirs if self.user_id is None else theirs | Q(**{user: self.user_id})

    def named_in(self, text: str) -> bool:
        """Whether a text names them."""
        return any(len(name) >= SHORTEST_NAME and name.casefold() in text.casefold() for name in self.names)
