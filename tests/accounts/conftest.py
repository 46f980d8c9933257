"""Carol has an account, with a password; nobody else has one yet."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core.cache import cache

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _settings_of_these_tests(settings: Any) -> None:
    """Whatever the environment says. Passwords are hashed quickly, and what was counted before is forgotten."""
    settings.SIGN_UP = "open"
    settings.ACCOUNT_EMAIL_VERIFICATION = "none"
    settings.ALLOW_ANONYMOUS_HOSTS = True
    settings.PUBLIC_URL = ""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


def account(name: str, **more: Any) -> User:
    """An account of this name, with a confirmed address."""
    user = User.objects.create_user(
        name.lower(), f"{name.lower()}@example.org", PASSWORD, **{"first_name": name, **more}
    )
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


@pytest.fixture
def carol(db: None) -> User:
    return account("Carol")
