"""What of an organisation's whom sees: the one place that the admin and every list ask."""

from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Model, Q, QuerySet

from meetings.models import Membership

M = TypeVar("M", bound=Model)
LOOK: Final = ("view",)


@dataclass(frozen=True, slots=True)
class Belonging:
    """How rows of a model belong to an organisation: the lookup that leads there, and what its administrators may do
    with them. `afterwards` leads there once the meeting is deleted.
    """

    path: str
    may: tuple[str, ...] = LOOK
    afterwards: str = ""

    def of(self, organisation: int) -> Q:
        """Those of the organisation."""
        return Q(**{self.path: organisation}) | (Q(**{self.afterwards: organisation}) if self.afterwards else Q())

    def of_none(self) -> Q:
        """Those of no organisation."""
        alone = Q(**{f"{self.path}__isnull": True})
        return alone & Q(**{f"{self.afterwards}__isnull": True}) if self.afterwards else alone


# By label. What is not in this table, nobody but superusers sees.
BELONGING: Final[dict[str, Belonging]] = {
    "meetings.meeting": Belonging("organisation", ("view", "add", "change", "delete")),
    "meetings.participant": Belonging("meeting__organisation"),
    "meetings.knock": Belonging("meeting__organisation"),
    "meetings.chatmessage": Belonging("meeting__organisation"),
    "meetings.sharedfile": Belonging("meeting__organisation"),
    "meetings.notes": Belonging("meeting__organisation"),
    "meetings.schedule": Belonging("meeting__organisation"),
    "meetings.occurrence": Belonging("meeting__organisation"),
    "meetings.invitee": Belonging("meeting__organisation"),
    "meetings.delivery": Belonging("invitee__meeting__organisation"),
    "meetings.poll": Belonging("meeting__organisation"),
    "meetings.question": Belonging("meeting__organisation"),
    "meetings.breakouts": Belonging("meeting__organisation"),
    "meetings.breakoutseat": Belonging("breakouts__meeting__organisation"),
    "meetings.joinattempt": Belonging("meeting__organisation"),
    "meetings.meetingevent": Belonging("meeting__organisation", afterwards="data__organisation"),
    "meetings.act": Belonging("meeting__organisation", afterwards="data__organisation"),
    "meetings.organisation": Belonging("pk"),
    "meetings.membership": Belonging("organisation", ("view", "change", "delete")),
    "meetings.invitation": Belonging("organisation", ("view", "add", "delete")),
    "meetings.apitoken": Belonging("user__membership__organisation", ("view", "delete")),
    "meetings.webhook": Belonging("owner__membership__organisation", ("view", "change", "delete")),
    "meetings.webhookdelivery": Belonging("webhook__owner__membership__organisation"),
    "auth.user": Belonging("membership__organisation"),
}

Whoever = AbstractBaseUser | AnonymousUser


def membership_of(user: Whoever) -> Membership | None:
    """Where somebody belongs; None for superusers, who belong everywhere. Asks the database once for each `user`."""
    if not user.is_authenticated or getattr(user, "is_superuser", False):
        return None
    known: dict[str, Any] = user.__dict__
    if "known_membership" not in known:
        known["known_membership"] = Membership.objects.filter(user_id=user.pk).first()
    membership: Membership | None = known["known_membership"]
    return membership


def granted(membership: Membership) -> frozenset[str]:
    """The permissions that come with a membership, as Django names them."""
    if membership.role != Membership.Role.ADMIN:
        return frozenset()
    return _GRANTED


_GRANTED: Final = frozenset(
    "{}.{}_{}".format(label.split(".")[0], act, label.split(".")[1])
    for label, belonging in BELONGING.items()
    for act in belonging.may
)


def within(user: Whoever, rows: QuerySet[M]) -> QuerySet[M]:
    """Those of the rows that `user` may see in lists: superusers all; an organisation's administrators what is its;
    its members none; whoever else runs the site, with Django's permissions, what is no organisation's.
    """
    if not user.is_authenticated:
        return rows.none()
    if getattr(user, "is_superuser", False):
        return rows
    belonging = BELONGING.get(rows.model._meta.label_lower)
    if belonging is None:
        return rows.none()
    membership = membership_of(user)
    if membership is None:
        return rows.filter(belonging.of_none())
    if membership.role != Membership.Role.ADMIN:
        return rows.none()
    return rows.filter(belonging.of(membership.organisation_id))


def sees(user: Whoever, row: Model) -> bool:
    """Whether `row` is among those."""
    return within(user, type(row)._default_manager.filter(pk=row.pk)).exists()
