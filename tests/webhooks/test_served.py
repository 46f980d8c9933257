"""Webhooks of a site that is one web process: Celery in it sends by itself, and a command does the same."""

from __future__ import annotations

from kcs_meet_client import Client, verify

from tests.live.server import RunningServer
from tests.live.waiting import eventually_blocking
from tests.webhooks.receiver import Receiver, answer

MAKE_TOKEN = """
from django.contrib.auth.models import User
from meetings.access import SCOPES
from meetings.actions.tokens import make_token
from meetings.identity import Person
print("token:", make_token(Person(user_id=User.objects.create_user("alice").pk), "Script", SCOPES)[1])
"""


def test_from_what_happens_to_who_hears_of_it() -> None:
    with RunningServer(WEBHOOK_ALLOW="127.0.0.1") as server, Receiver() as receiver:
        made = server.manage("shell", "-c", MAKE_TOKEN)
        token = made.stdout.rpartition("token:")[2].strip()
        with Client(server.base_url, token) as meet:
            hook = meet.make_webhook(receiver.url)
            meeting = meet.start_meeting("Weekly")
            meet.step(meeting.id, "start")
            eventually_blocking("the start is told", lambda: len(receiver.heard) == 1, within=15)
            heard = receiver.heard[0]
            assert verify(hook.secret, heard.headers, heard.body)["event"] == "meeting.started"
            receiver.behave = answer(410)
            meet.step(meeting.id, "end")
            eventually_blocking("it is turned off", lambda: not meet.webhooks()[0].active, within=15)
            assert "410" in meet.webhooks()[0].disabled_because
        done = server.manage("send_webhooks")
        assert done.stdout.strip().endswith("taken"), done.stderr
        assert not server.new_tracebacks()
