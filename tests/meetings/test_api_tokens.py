"""Programs that show a token of somebody's."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from meetings.access import SCOPES
from meetings.actions.start import start_meeting
from meetings.actions.tokens import MARK, MOST, make_token, token_of
from meetings.identity import Person
from meetings.models import ApiToken, Meeting
from meetings.protocol.codes import Refusal

pytestmark = pytest.mark.django_db

# One that needs it, of each scope.
NEEDS = {
    "meetings:read": ("GET", "meetings/"),
    "meetings:write": ("POST", "meetings/{code}/start"),
    "meetings:join": ("POST", "meetings/{code}/join"),
    "people:write": ("POST", "meetings/{code}/waiting/admit-all"),
    "chat:read": ("GET", "meetings/{code}/chat"),
    "chat:write": ("POST", "meetings/{code}/chat"),
    "webhooks:read": ("GET", "webhooks"),
    "webhooks:write": ("POST", "webhooks"),
}


@pytest.fixture(autouse=True)
def _fresh_throttles() -> None:
    cache.clear()


@pytest.fixture
def alice() -> User:
    return User.objects.create_user("alice")


@pytest.fixture
def meeting(alice: User) -> Meeting:
    return start_meeting(Person(user_id=alice.pk), "Standup")


@pytest.fixture
def signed_in(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def ask(method: str, path: str, token: str, body: Any = None, client: Client | None = None) -> Any:
    """As a program does: without cookies, and where a forged request would be noticed."""
    asking = client or Client(enforce_csrf_checks=True)
    headers = {"Authorization": f"Bearer {token}"}
    return asking.generic(method, f"/api/{path}", json.dumps(body or {}), "application/json", headers=headers)


def test_made_shown_once_and_taken_back(signed_in: Client, alice: User) -> None:
    wanted = {"name": "Script", "scopes": ["meetings:read"], "days": 30}
    made = signed_in.post("/api/tokens/", wanted, content_type="application/json").json()
    text = made["token"]
    assert text.startswith(MARK)
    listed = signed_in.get("/api/tokens/")
    assert [one["name"] for one in listed.json()["results"]] == ["Script"]
    assert text not in listed.content.decode()
    assert text not in str(ApiToken.objects.values()), "only its digest is kept"
    assert ask("GET", "meetings/", text).status_code == 200
    assert signed_in.get("/api/tokens/").json()["results"][0]["usedAt"] is not None
    assert signed_in.delete(f"/api/tokens/{made['id']}/").status_code == 204
    refused = ask("GET", "meetings/", text)
    assert (refused.status_code, refused.json()["code"]) == (401, "NOT_AUTHENTICATED")
    assert refused["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("held", SCOPES)
@pytest.mark.parametrize("needed", SCOPES)
def test_scopes(held: str, needed: str, alice: User, meeting: Meeting) -> None:
    _, text = make_token(Person(user_id=alice.pk), "Script", [held])
    method, path = NEEDS[needed]
    bodies = {"chat:write": {"message": "Hello"}, "webhooks:write": {"url": "https://example.org/hook"}}
    answer = ask(method, path.format(code=meeting.code), text, bodies.get(needed))
    assert answer.status_code == ((201 if needed in bodies else 200) if held == needed else 403), answer.content


def test_it_is_its_account_and_nobody_else(alice: User, meeting: Meeting) -> None:
    _, alices = make_token(Person(user_id=alice.pk), "Script", SCOPES)
    _, mallorys = make_token(Person(user_id=User.objects.create_user("mallory").pk), "Script", SCOPES)
    assert ask("POST", f"meetings/{meeting.code}/end", mallorys).status_code == 404
    assert ask("POST", f"meetings/{meeting.code}/end", alices).json()["state"] == "ended"
    made = ask("POST", "meetings/", alices, {"title": "By a program"}).json()
    assert Meeting.objects.get(id=made["id"]).host_user == alice


def test_a_token_makes_and_takes_back_no_token(alice: User) -> None:
    token, text = make_token(Person(user_id=alice.pk), "Script", SCOPES)
    for method, path in (("GET", "tokens/"), ("POST", "tokens/"), ("DELETE", f"tokens/{token.id}/")):
        refused = ask(method, path, text, {"name": "More", "scopes": list(SCOPES)})
        assert (refused.status_code, refused.json()["code"]) == (403, "NOT_ALLOWED")


def test_not_after_its_time_and_not_of_somebody_who_is_gone(alice: User) -> None:
    _, text = make_token(Person(user_id=alice.pk), "Script", SCOPES, timezone.now() + timedelta(days=1))
    assert token_of(text) is not None
    User.objects.update(is_active=False)
    assert token_of(text) is None
    User.objects.update(is_active=True)
    ApiToken.objects.update(expires_at=timezone.now())
    assert ask("GET", "meetings/", text).status_code == 401


def test_a_bad_token_is_not_overlooked(signed_in: Client) -> None:
    """Whoever shows one means it: a session beside it does not make it good."""
    for bad in ("", "kcs_x", "\x7f"):
        assert ask("GET", "meetings/", bad, client=signed_in).status_code == 401


def test_not_without_end(alice: User) -> None:
    for _ in range(MOST):
        make_token(Person(user_id=alice.pk), "Script", SCOPES)
    with pytest.raises(Refusal, match="NOT_ALLOWED"):
        make_token(Person(user_id=alice.pk), "Script", SCOPES)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["all"]},
        {"name": "x", "scopes": ["meetings:read"], "days": 0},
    ],
)
def test_bad_input(body: Any, signed_in: Client) -> None:
    refused = signed_in.post("/api/tokens/", body, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (400, "BAD_REQUEST")


def test_in_the_admin(admin_client: Client, alice: User) -> None:
    token, text = make_token(Person(user_id=alice.pk), "Script", SCOPES)
    for path in ("", f"{token.id}/change/", f"{token.id}/delete/"):
        page = admin_client.get(f"/admin/meetings/apitoken/{path}")
        assert page.status_code == 200
        assert text not in page.content.decode()
