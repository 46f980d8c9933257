"""Deliveries, to servers that take them, fail, hang, redirect and are gone."""

from __future__ import annotations

import hmac
import json
import socket
import threading
from datetime import timedelta
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.utils import timezone

from meetings.actions.join import Entry
from meetings.identity import Person
from meetings.models import Meeting, Profile, Webhook, WebhookDelivery
from meetings.webhooks import posting, sending
from meetings.webhooks.keeping import change_webhook, make_webhook, rotate_secret, try_webhook
from meetings.webhooks.posting import post
from meetings.webhooks.purge import purge_webhook_deliveries
from meetings.webhooks.sending import (
    FIRST_PATIENCE,
    GIVE_UP_AFTER,
    LONGEST_PATIENCE,
    MOST_TRIES,
    patience_after,
    send_due,
)
from tests.live.server import ROOT
from tests.meetings.coming_in import join
from tests.webhooks.receiver import Heard, Receiver, answer

pytestmark = pytest.mark.django_db


def come(meeting: Meeting) -> None:
    join(meeting.code, Entry(Person(guest=uuid4().hex, display_name="Bob"), uuid4()))


def one_due(hook: Webhook) -> WebhookDelivery:
    """A delivery of something that happened."""
    now = timezone.now()
    return WebhookDelivery.objects.create(
        webhook=hook, event="meeting.ended", payload={"id": "x"}, created_at=now, due_at=now
    )


def tries_now(delivery: WebhookDelivery) -> WebhookDelivery:
    """It, when its next try was made."""
    WebhookDelivery.objects.filter(id=delivery.id).update(due_at=timezone.now())
    send_due()
    delivery.refresh_from_db()
    return delivery


def signatures(heard: Heard) -> list[str]:
    return [one.removeprefix("v1=") for one in heard.headers["KCS-Webhook-Signature"].split(",")]


def expected(secret: str, heard: Heard) -> str:
    told = heard.headers["KCS-Webhook-Timestamp"].encode() + b"." + heard.body
    return hmac.new(secret.encode(), told, "sha256").hexdigest()


class TestTaken:
    def test_what_happened_arrives_signed(self, hook: Webhook, meeting: Meeting, receiver: Receiver) -> None:
        come(meeting)
        assert send_due() == 2
        assert [one.payload["event"] for one in receiver.heard] == ["meeting.started", "participant.joined"]
        for heard, delivery in zip(receiver.heard, hook.deliveries.order_by("created_at"), strict=True):
            assert heard.headers["KCS-Webhook-Id"] == heard.payload["id"] == str(delivery.id)
            assert heard.headers["KCS-Webhook-Event"] == heard.payload["event"]
            assert heard.headers["Content-Type"] == "application/json"
            assert signatures(heard) == [expected(hook.secret, heard)]
            assert abs(int(heard.headers["KCS-Webhook-Timestamp"]) - timezone.now().timestamp()) < 30
            assert (delivery.state, delivery.status_code, delivery.response, delivery.tries) == ("sent", 200, "ok", 1)

    def test_nothing_twice(self, hook: Webhook, receiver: Receiver) -> None:
        one_due(hook)
        assert [send_due(), send_due()] == [1, 0]
        assert len(receiver.heard) == 1

    def test_while_a_secret_changes_both_sign(self, hook: Webhook, receiver: Receiver) -> None:
        before = hook.secret
        rotate_secret(hook)
        one_due(hook)
        send_due()
        heard = receiver.heard[0]
        assert signatures(heard) == [expected(hook.secret, heard), expected(before, heard)]
        Webhook.objects.update(previous_until=timezone.now())
        one_due(hook)
        send_due()
        assert signatures(receiver.heard[1]) == [expected(hook.secret, receiver.heard[1])]

    def test_the_excerpt_is_short_and_can_be_shown(self, hook: Webhook, receiver: Receiver) -> None:
        receiver.behave = answer(200, b"\x00\xff" + b"x" * 1_000_000)
        delivery = tries_now(one_due(hook))
        assert (delivery.state, len(delivery.response)) == ("sent", 1000)
        assert delivery.response.startswith("\N{REPLACEMENT CHARACTER}" * 2 + "x")

    def test_as_the_documentation_checks_it(self, hook: Webhook, receiver: Receiver) -> None:
        snippet = (ROOT / "docs" / "webhooks.md").read_text().split("```python\n")[1].split("```")[0]
        known: dict[str, Any] = {}
        exec(snippet, known)
        before = hook.secret
        rotate_secret(hook)
        one_due(hook)
        send_due()
        heard = receiver.heard[0]
        checks = [known["is_genuine"](secret, heard.headers, heard.body) for secret in (before, hook.secret, "other")]
        assert checks == [True, True, False]
        assert not known["is_genuine"](hook.secret, {**heard.headers, "KCS-Webhook-Timestamp": "1"}, heard.body)


class TestNotTaken:
    @pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 500, 503])
    def test_it_is_tried_again(self, status: int, hook: Webhook, receiver: Receiver) -> None:
        with Receiver() as elsewhere:
            receiver.behave = answer(status, b"no", Location=elsewhere.url)
            delivery = tries_now(one_due(hook))
            assert (delivery.state, delivery.status_code, delivery.tries) == ("due", status, 1)
            wait = (delivery.due_at - timezone.now()).total_seconds()
            assert 8 < wait < 12
            assert elsewhere.heard == [], "no redirect is followed"
        receiver.behave = answer(204, b"")
        first = receiver.heard[0]
        delivery = tries_now(delivery)
        assert (delivery.state, delivery.tries) == ("sent", 2)
        assert receiver.heard[1].headers["KCS-Webhook-Id"] == first.headers["KCS-Webhook-Id"], "the same one"
        hook.refresh_from_db()
        assert hook.failing_since is None

    def test_less_and_less_often(self) -> None:
        for tries in range(1, 30):
            expected_wait = min(FIRST_PATIENCE * 2 ** (tries - 1), LONGEST_PATIENCE)
            assert 0.89 < patience_after(tries) / expected_wait < 1.11
        whole = sum((patience_after(tries) for tries in range(1, MOST_TRIES)), timedelta())
        assert timedelta(hours=20) < whole < timedelta(hours=40)

    def test_given_up_at_last(self, hook: Webhook, receiver: Receiver) -> None:
        receiver.behave = answer(500)
        delivery = one_due(hook)
        WebhookDelivery.objects.update(tries=MOST_TRIES - 1)
        assert tries_now(delivery).state == "failed"

    def test_when_the_other_side_says(self, hook: Webhook, receiver: Receiver) -> None:
        receiver.behave = answer(429, Retry_After="600")
        delivery = tries_now(one_due(hook))
        assert 590 < (delivery.due_at - timezone.now()).total_seconds() < 610
        receiver.behave = answer(429, Retry_After="9999999")
        delivery = tries_now(delivery)
        assert delivery.due_at < timezone.now() + LONGEST_PATIENCE * 1.01

    def test_nobody_there(self, hook: Webhook) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            Webhook.objects.update(url=f"http://127.0.0.1:{free.getsockname()[1]}/")
            delivery = tries_now(one_due(hook))
        assert (delivery.state, delivery.status_code) == ("due", None)
        assert "refused" in delivery.error.lower()

    @pytest.mark.parametrize("how", ["hang", "drip"])
    def test_a_server_that_does_not_come_to_an_end(
        self, how: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(posting, "STEP_SECONDS", 0.3 if how == "hang" else 5)
        monkeypatch.setattr(posting, "ALL_SECONDS", 0.6)
        receiver.behave = getattr(receiver, how)
        began = monotonic()
        outcome = post(receiver.url, b"{}", {})
        assert (outcome.taken, outcome.status, bool(outcome.error)) == (False, None, True)
        assert monotonic() - began < 3

    def test_one_that_hangs_keeps_nobody_else_waiting(self, hook: Webhook, receiver: Receiver, host: Person) -> None:
        receiver.behave = receiver.hang
        with Receiver() as other:
            others = make_webhook(host, other.url)
            first = one_due(hook)
            for _ in range(3):
                one_due(others)
            taken: list[int] = []

            def release(*_: Any) -> None:
                if len(other.heard) == 3:
                    receiver.released.set()
                answer(200)(*_)

            other.behave = release
            taken.append(send_due())
            assert len(other.heard) == 3
        first.refresh_from_db()
        assert (taken, first.state) == ([3], "due")


class TestTurnedOff:
    def test_gone(self, hook: Webhook, receiver: Receiver, mailoutbox: Any) -> None:
        receiver.behave = answer(410)
        second = one_due(hook)
        tries_now(one_due(hook))
        hook.refresh_from_db()
        second.refresh_from_db()
        assert (hook.active, hook.disabled_because) == (False, "It answered 410: it is gone.")
        assert second.state == "dropped"
        assert [mail.to for mail in mailoutbox] == [["alice@example.org"]]
        assert hook.url in mailoutbox[0].body
        one_due(hook)
        heard = len(receiver.heard)
        assert (send_due(), len(receiver.heard)) == (0, heard)

    def test_it_is_told_in_the_language_of_its_owner(self, hook: Webhook, receiver: Receiver, mailoutbox: Any) -> None:
        Profile.objects.update_or_create(user=hook.owner, defaults={"language": "de"})
        receiver.behave = answer(410)
        tries_now(one_due(hook))
        hook.refresh_from_db()
        assert hook.disabled_because == "It answered 410: it is gone.", "the API is in English"
        assert mailoutbox[0].subject == "Ein Webhook wurde abgeschaltet"
        assert f"Ihrem Webhook {hook.url} wird nichts mehr mitgeteilt." in mailoutbox[0].body
        assert f'PATCH /api/webhooks/{hook.id}/ und {{"active": true}}' in mailoutbox[0].body

    def test_after_days_without_a_single_one_taken(self, hook: Webhook, receiver: Receiver, mailoutbox: Any) -> None:
        receiver.behave = answer(500)
        delivery = tries_now(one_due(hook))
        Webhook.objects.update(failing_since=timezone.now() - GIVE_UP_AFTER + timedelta(minutes=1))
        tries_now(delivery)
        hook.refresh_from_db()
        assert hook.active
        Webhook.objects.update(failing_since=timezone.now() - GIVE_UP_AFTER)
        tries_now(delivery)
        hook.refresh_from_db()
        assert not hook.active
        assert len(mailoutbox) == 1
        change_webhook(hook, {"active": True})
        hook.refresh_from_db()
        assert (hook.failing_since, hook.disabled_at, hook.disabled_because) == (None, None, "")

    def test_mail_that_cannot_be_sent_stops_nothing(self, hook: Webhook, receiver: Receiver, settings: Any) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", 1
        receiver.behave = answer(410)
        tries_now(one_due(hook))
        hook.refresh_from_db()
        assert not hook.active


class TestTrying:
    def test_also_where_it_is_turned_off_and_once(self, hook: Webhook, receiver: Receiver) -> None:
        change_webhook(hook, {"active": False})
        receiver.behave = answer(500, b"broken")
        delivery = tries_now(try_webhook(hook))
        assert receiver.heard[0].payload == {
            "id": str(delivery.id),
            "event": "webhook.test",
            "createdAt": delivery.created_at.isoformat(),
        }
        assert (delivery.state, delivery.status_code, delivery.response) == ("failed", 500, "broken")
        hook.refresh_from_db()
        assert hook.failing_since is None, "a test turns nothing off"


class NothingKept:
    """A cache that forgets at once."""

    def add(self, *_: Any) -> bool:
        return True

    def delete(self, *_: Any) -> None:
        """There is nothing."""


class TestSeveralAtOnce:
    @pytest.mark.django_db(transaction=True)
    def test_each_is_sent_once(self, hook: Webhook, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
        # Without what keeps a second run from beginning.
        monkeypatch.setattr(sending, "cache", NothingKept())
        for number in range(12):
            delivery = one_due(hook)
            WebhookDelivery.objects.filter(id=delivery.id).update(payload={"number": number})

        def run() -> None:
            from django.db import connection  # noqa: PLC0415

            try:
                send_due()
            finally:
                connection.close()

        runs = [threading.Thread(target=run) for _ in range(3)]
        for one in runs:
            one.start()
        for one in runs:
            one.join(30)
        assert sorted(one.payload["number"] for one in receiver.heard) == list(range(12))

    def test_a_second_run_does_nothing(self, hook: Webhook, receiver: Receiver) -> None:
        one_due(hook)
        cache.add("webhooks-being-sent", True, 10)
        assert send_due() == 0
        cache.clear()
        assert send_due() == 1

    def test_who_died_over_it_has_not_lost_it(self, hook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
        def die(*_: Any) -> None:
            raise SystemExit

        monkeypatch.setattr(sending, "_begin", die)
        delivery = one_due(hook)
        with pytest.raises(SystemExit):
            send_due()
        delivery.refresh_from_db()
        assert (delivery.state, delivery.tries) == ("due", 1)
        assert timezone.now() < delivery.due_at < timezone.now() + timedelta(minutes=1)


def test_purge(hook: Webhook) -> None:
    old, new = one_due(hook), one_due(hook)
    WebhookDelivery.objects.filter(id=old.id).update(created_at=timezone.now() - timedelta(days=31))
    assert purge_webhook_deliveries(timedelta(days=30)) == 1
    assert list(WebhookDelivery.objects.values_list("id", flat=True)) == [new.id]


def test_payload_is_small_json(hook: Webhook, meeting: Meeting, receiver: Receiver) -> None:
    come(meeting)
    send_due()
    for heard in receiver.heard:
        assert json.loads(heard.body)["meeting"]["code"] == meeting.code
        assert len(heard.body) < 2000
