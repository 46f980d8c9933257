"""Organisations: who belongs to which, and who was asked to."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models


class Organisation(models.Model):
    """Several people whose meetings are theirs. Neither members nor administrators of another one see them in any
    list; whoever has the link of a meeting may come to it all the same.
    """

    name = models.CharField(max_length=100, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """Somebody belongs to an organisation; nobody to two. Its administrators get into the admin, where `meetings.scope`
    says what they see.
    """

    class Role(models.TextChoices):
        MEMBER = "member", "member"
        ADMIN = "admin", "administrator"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="membership")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=6, choices=Role, default=Role.MEMBER)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["organisation", "user"]

    def __str__(self) -> str:
        return f"{self.user} in {self.organisation}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self._open_the_admin(self.role == self.Role.ADMIN)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._open_the_admin(False)
        return super().delete(*args, **kwargs)

    def _open_the_admin(self, to: bool) -> None:
        User.objects.filter(pk=self.user_id, is_superuser=False).update(is_staff=to)


def organisation_of(user_id: int | None) -> int | None:
    """The id of the organisation to which an account belongs, if it does."""
    if user_id is None:
        return None
    return Membership.objects.filter(user_id=user_id).values_list("organisation_id", flat=True).first()
