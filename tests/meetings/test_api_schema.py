"""What the OpenAPI document promises, asked of the API with all that it allows and much that it does not."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings

from meetings import capabilities
from meetings.actions.join import Entry
from meetings.actions.polls import create_poll
from meetings.actions.questions import ask_question
from meetings.actions.send_message import Addressed, send_message
from meetings.actions.start import start_meeting
from meetings.identity import Person
from meetings.models import Meeting
from meetings.webhooks.keeping import make_webhook
from tests.meetings.coming_in import join

pytestmark = pytest.mark.django_db

# Each, for what is allowed and for what is not.
EXAMPLES = 12
TOKEN = "c" * 32
WITHOUT_INPUT = {("/api/meetings/recent/", "get"), ("/api/tokens/", "get"), ("/api/webhooks/", "get")}


def _operations() -> list[tuple[str, str]]:
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]  # type: ignore[no-untyped-call]
    # Of media that are away, as they are here, health has to answer 503.
    return [(path, method) for path, methods in paths.items() for method in methods if "health" not in path]


@pytest.fixture(scope="module")
def served() -> Any:
    """The document."""
    return Client().get("/api/schema/?format=json").json()


@pytest.fixture(autouse=True)
def _without_media(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each request has a loop of its own here; and there are more of them than anybody may send."""
    cache.clear()
    settings.MEDIA_EMBEDDED = False
    settings.MEDIA_SOCKET = "/nonexistent/media.sock"
    monkeypatch.setattr(capabilities, "TIMEOUT", 0.01)
    monkeypatch.setattr("rest_framework.throttling.SimpleRateThrottle.get_rate", lambda _self: "100000/min")
    # The connection is that of the test, whose transaction goes on after a request.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
    cache.clear()


@pytest.mark.parametrize("mode", [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE], ids=str)
@pytest.mark.parametrize(("path", "method"), _operations(), ids=lambda part: part)
def test_operation(path: str, method: str, mode: Any, served: Any) -> None:
    host = User.objects.create_user("alice")
    client = Client()
    client.force_login(host)
    cookies = {"sessionid": client.cookies["sessionid"].value, "csrftoken": TOKEN}
    operation = _about(served, path, method, _somewhere(host))
    if mode == schemathesis.GenerationMode.NEGATIVE and (path, method) in WITHOUT_INPUT:
        pytest.skip("there is nothing that could be wrong about it")

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any) -> None:
        case.call_and_validate(cookies=cookies, headers={"X-CSRFToken": TOKEN})

    ask()


def _about(document: Any, path: str, method: str, names: dict[str, str]) -> Any:
    """The operation, where these are the meetings and people that there are. Words that only an earlier answer can have
    told (cursors, versions) are left out: no schema says which of them are good.
    """
    told = deepcopy(document["paths"][path][method])
    told["parameters"] = [
        one for one in told.get("parameters", ()) if one["in"] != "header" and one["name"] != "cursor"
    ]
    for parameter in told["parameters"]:
        if parameter["in"] == "path" and parameter["name"] in names:
            parameter["schema"] = {"type": "string", "enum": [names[parameter["name"]]]}
    schema = schemathesis.openapi.from_dict({**document, "paths": {path: {method: told}}})
    schema.app = get_wsgi_application()
    return schema[path][method]


def _somewhere(host: User) -> dict[str, str]:
    meeting: Meeting = start_meeting(Person(user_id=host.pk, display_name="Alice"), "Standup")
    somebody = join(meeting.code, Entry(Person(guest=uuid4().hex), uuid4()))
    alice = Person(user_id=host.pk)
    hook = make_webhook(alice, "https://example.org/hook")
    poll = create_poll(
        meeting.id, "Where?", ["A", "B"], "single", anonymous=False, results_for="hosts", opened=False, by=alice
    )
    question = ask_question(meeting.id, "Why?", by=somebody.participant_id)
    return {
        "reference": meeting.code,
        "participant": str(somebody.participant_id),
        "webhook": str(hook.id),
        "poll": poll["pollId"],
        "question": question["questionId"],
        "message": send_message(meeting.id, "Hello", Addressed("all"), by=alice)["messageId"],
    }


def test_document_is_valid_and_without_warnings(tmp_path: Any) -> None:
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(tmp_path / "schema.yaml"))
