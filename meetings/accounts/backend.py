"""Who may do what in the admin."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied

from meetings.scope import granted, membership_of


class Accounts(ModelBackend):
    """Django's, except for those who belong to an organisation: its administrators may do what `meetings.scope` grants
    them and nothing else, whatever they were given besides; members nothing.
    """

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        membership = membership_of(user_obj)
        if membership is None:
            return super().has_perm(user_obj, perm, obj)
        return _or_nobody_else(perm in granted(membership))

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        membership = membership_of(user_obj)
        if membership is None:
            return super().has_module_perms(user_obj, app_label)
        return _or_nobody_else(any(perm.startswith(f"{app_label}.") for perm in granted(membership)))


def _or_nobody_else(yes: bool) -> bool:
    if not yes:
        # What this says, the backends after it are not asked.
        raise PermissionDenied
    return True
