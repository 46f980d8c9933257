"""A host with a webhook at a real server of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache

from meetings.actions.start import start_meeting
from meetings.identity import Person
from meetings.models import Meeting, Webhook
from meetings.webhooks.keeping import make_webhook
from tests.webhooks.receiver import Receiver


@pytest.fixture(autouse=True)
def _this_machine(settings: Any) -> Iterator[None]:
    """Where the tests' receivers are is allowed."""
    settings.WEBHOOK_ALLOW = ["127.0.0.1"]
    settings.ALLOW_ANONYMOUS_HOSTS = True
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def host(db: None) -> Person:
    return Person(user_id=User.objects.create_user("alice", "alice@example.org").pk, display_name="Alice")


@pytest.fixture
def account(host: Person) -> User:
    return User.objects.get(username="alice")


@pytest.fixture
def meeting(host: Person) -> Meeting:
    return start_meeting(host, "Standup")


@pytest.fixture
def hook(host: Person, receiver: Receiver) -> Webhook:
    return make_webhook(host, receiver.url)
