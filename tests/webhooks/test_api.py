"""Webhooks over the API and in the admin."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from meetings.identity import Person
from meetings.models import Membership, Organisation, Webhook
from meetings.webhooks.events import UNLESS_TOLD
from meetings.webhooks.keeping import MOST, MOST_TESTS, make_webhook
from meetings.webhooks.sending import send_due
from tests.webhooks.receiver import Receiver

pytestmark = pytest.mark.django_db

Json = dict[str, Any]


@pytest.fixture
def client(account: User) -> Client:
    client = Client()
    client.force_login(account)
    return client


def ask(client: Client, method: str, path: str = "", body: Any = None) -> Any:
    told = "" if body is None else json.dumps(body)
    return client.generic(method, f"/api/webhooks/{path}", told, "application/json")


def test_made_read_changed_tried_and_removed(client: Client, receiver: Receiver) -> None:
    made = ask(client, "POST", body={"url": receiver.url})
    assert made.status_code == 201
    hook = made.json()
    assert (hook["events"], hook["active"], hook["forOrganisation"]) == (sorted(UNLESS_TOLD), True, False)
    secret = hook.pop("secret")
    assert secret.startswith("whsec_")
    listed = ask(client, "GET")
    assert listed.json()["results"] == [hook]
    assert secret not in listed.content.decode()
    assert ask(client, "GET", f"{hook['id']}/").json() == hook
    changed = ask(client, "PATCH", f"{hook['id']}/", {"events": ["meeting.ended"], "active": False}).json()
    assert (changed["events"], changed["active"]) == (["meeting.ended"], False)
    tried = ask(client, "POST", f"{hook['id']}/test/", {})
    assert (tried.status_code, tried.json()["state"], tried.json()["event"]) == (202, "due", "webhook.test")
    send_due()
    log = ask(client, "GET", f"{hook['id']}/deliveries/").json()["results"]
    assert [(one["id"], one["state"], one["statusCode"], one["nextTryAt"]) for one in log] == [
        (tried.json()["id"], "sent", 200, None)
    ]
    rotated = ask(client, "POST", f"{hook['id']}/secret/", {}).json()
    assert rotated["secret"] not in (secret, "")
    assert rotated["previousSecretUntil"] is not None
    assert ask(client, "DELETE", f"{hook['id']}/").status_code == 204
    assert ask(client, "GET").json()["results"] == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://user:password@example.org/",
        "https://example.org:0/",
        "https://example.org:65536/",
        "https://exam ple.org/",
        "https://example.org/\r\nX: y",
        "https://example.org/\n",
        "https:///hook",
        "https://" + "x" * 500,
        "//example.org/",
        5,
    ],
)
def test_no_address(url: Any, client: Client) -> None:
    refused = ask(client, "POST", body={"url": url})
    assert (refused.status_code, refused.json()["code"]) == (400, "BAD_REQUEST")
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "http://169.254.169.254/latest/meta-data", "https://192.168.0.1:8443/"]
)
def test_no_address_of_ours(url: str, client: Client, host: Person) -> None:
    refused = ask(client, "POST", body={"url": url})
    assert (refused.status_code, refused.json()["code"]) == (403, "NOT_ALLOWED")
    hook = make_webhook(host, "https://example.org/")
    assert ask(client, "PATCH", f"{hook.id}/", {"url": url}).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": "https://example.org/", "events": []},
        {"url": "https://example.org/", "events": ["webhook.test"]},
        {"url": "https://example.org/", "secret": "mine"},
        {"url": "https://example.org/", "owner": 1},
    ],
)
def test_bad_input(body: Json, client: Client) -> None:
    refused = ask(client, "POST", body=body)
    assert (refused.status_code, refused.json()["code"]) == (400, "BAD_REQUEST")


def test_of_an_organisation_by_who_runs_it(client: Client, account: User) -> None:
    wanted = {"url": "https://example.org/", "forOrganisation": True}
    assert ask(client, "POST", body=wanted).status_code == 403
    acme = Organisation.objects.create(name="Acme")
    membership = Membership.objects.create(user=account, organisation=acme)
    assert ask(client, "POST", body=wanted).status_code == 403
    membership.role = Membership.Role.ADMIN
    membership.save()
    assert ask(client, "POST", body=wanted).json()["forOrganisation"] is True


def test_not_without_end(client: Client, host: Person) -> None:
    for _ in range(MOST):
        make_webhook(host, "https://example.org/")
    assert ask(client, "POST", body={"url": "https://example.org/"}).status_code == 403
    hook = Webhook.objects.first()
    assert hook is not None
    tried = [ask(client, "POST", f"{hook.id}/test/", {}) for _ in range(MOST_TESTS + 1)]
    assert [one.status_code for one in tried] == [*[202] * MOST_TESTS, 429]
    assert tried[-1]["Retry-After"] == "10"


def test_in_the_admin(host: Person, receiver: Receiver) -> None:
    hook = make_webhook(host, receiver.url)
    root = Client()
    root.force_login(User.objects.create_superuser("root"))
    page = root.get(reverse("admin:meetings_webhook_change", args=[hook.id])).content.decode()
    assert hook.url in page
    assert hook.secret not in page
    url = reverse("admin:meetings_webhook_changelist")
    done = root.post(url, {"action": "try_it", "_selected_action": [str(hook.id)]}, follow=True)
    assert "1 on their way" in done.content.decode()
    send_due()
    assert [one.payload["event"] for one in receiver.heard] == ["webhook.test"]
    assert "sent" in root.get(reverse("admin:meetings_webhookdelivery_changelist")).content.decode()
    for act, active in (("turn_off", False), ("turn_on", True)):
        root.post(url, {"action": act, "_selected_action": [str(hook.id)]})
        hook.refresh_from_db()
        assert hook.active is active
