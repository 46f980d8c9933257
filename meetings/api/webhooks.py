"""One's own webhooks, over HTTP: make them, try them, and see what they were told."""

from datetime import datetime
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from meetings.actions.find import meeting_id
from meetings.api.answers import DELIVERIES, DELIVERY, WEBHOOK, WEBHOOK_MADE, WEBHOOKS
from meetings.api.base import MeetingView
from meetings.api.bodies import CHANGE_WEBHOOK, MAKE_WEBHOOK, NOTHING, PAGED, read_body, read_query
from meetings.api.paging import paged
from meetings.api.schema import operation
from meetings.models import Webhook, WebhookDelivery
from meetings.webhooks.keeping import (
    change_webhook,
    find_webhook,
    make_webhook,
    rotate_secret,
    try_webhook,
    webhooks_of,
)

Json = dict[str, Any]

_CODES = ("NOT_AUTHENTICATED", "NOT_FOUND")
_ONE = ("webhook",)


class Webhooks(MeetingView):
    """`/api/webhooks`"""

    @operation("listWebhooks", scope="webhooks:read", answers={200: WEBHOOKS}, codes=("NOT_AUTHENTICATED",))
    def get(self, request: Request) -> Response:
        """My webhooks, without their secrets."""
        return Response({"results": [_entry(one) for one in webhooks_of(self.person)]})

    @operation(
        "makeWebhook",
        scope="webhooks:write",
        body=MAKE_WEBHOOK,
        answers={201: WEBHOOK_MADE},
        codes=("NOT_AUTHENTICATED", "NOT_ALLOWED"),
    )
    def post(self, request: Request) -> Response:
        """Have an address told what happens in the meetings that I host; with `forOrganisation` in all of my
        organisation, if I run it. Without `events` it is told all but what people write. Its `secret` is told this
        once.
        """
        body = read_body(request, MAKE_WEBHOOK)
        hook = make_webhook(
            self.person,
            body["url"],
            body.get("events"),
            active=body.get("active", True),
            for_organisation=body.get("forOrganisation", False),
        )
        return Response({**_entry(hook), "secret": hook.secret}, status=201)


class _OfOne(MeetingView):
    """`/api/webhooks/<id>/…`"""

    def hook(self, webhook: str) -> Webhook:
        """The one of this id, if it is mine."""
        return find_webhook(self.person, meeting_id(webhook))


class OneWebhook(_OfOne):
    """`/api/webhooks/<id>`"""

    @operation("getWebhook", scope="webhooks:read", path=_ONE, answers={200: WEBHOOK}, codes=_CODES)
    def get(self, request: Request, webhook: str) -> Response:
        """One of my webhooks."""
        return Response(_entry(self.hook(webhook)))

    @operation(
        "changeWebhook",
        scope="webhooks:write",
        path=_ONE,
        body=CHANGE_WEBHOOK,
        answers={200: WEBHOOK},
        codes=(*_CODES, "NOT_ALLOWED"),
    )
    def patch(self, request: Request, webhook: str) -> Response:
        """Change what stands in the body. Turned off, what is due is dropped; turned on, it begins anew."""
        body = read_body(request, CHANGE_WEBHOOK)
        hook = self.hook(webhook)
        change_webhook(hook, body)
        return Response(_entry(hook))

    @operation("removeWebhook", scope="webhooks:write", path=_ONE, answers={204: None}, codes=_CODES)
    def delete(self, request: Request, webhook: str) -> Response:
        """Tell it nothing any more; what it was told is forgotten."""
        self.hook(webhook).delete()
        return Response(status=204)


class Secret(_OfOne):
    """`/api/webhooks/<id>/secret`"""

    @operation(
        "rotateSecret", scope="webhooks:write", path=_ONE, body=NOTHING, answers={200: WEBHOOK_MADE}, codes=_CODES
    )
    def post(self, request: Request, webhook: str) -> Response:
        """Give it another `secret`, which is told this once. For a day what it is told is signed with both."""
        read_body(request, NOTHING)
        hook = self.hook(webhook)
        rotate_secret(hook)
        return Response({**_entry(hook), "secret": hook.secret})


class Test(_OfOne):
    """`/api/webhooks/<id>/test`"""

    @operation("testWebhook", scope="webhooks:write", path=_ONE, body=NOTHING, answers={202: DELIVERY}, codes=_CODES)
    def post(self, request: Request, webhook: str) -> Response:
        """Have it told `webhook.test`, once, within seconds, also where it is turned off. The answer is the delivery as
        it stands in the log, where it is seen what became of it.
        """
        read_body(request, NOTHING)
        return Response(delivery_seen(try_webhook(self.hook(webhook))), status=202)


class Deliveries(_OfOne):
    """`/api/webhooks/<id>/deliveries`"""

    @operation("listDeliveries", scope="webhooks:read", path=_ONE, query=PAGED, answers={200: DELIVERIES}, codes=_CODES)
    def get(self, request: Request, webhook: str) -> Response:
        """What it was and will be told, the latest first, and what became of that."""
        read_query(request, PAGED)
        return paged(request, self.hook(webhook).deliveries.all(), ("-created_at", "id"), delivery_seen)


def _entry(hook: Webhook) -> Json:
    return {
        "id": str(hook.id),
        "url": hook.url,
        "events": hook.events,
        "active": hook.active,
        "forOrganisation": hook.organisation_id is not None,
        "createdAt": _time(hook.created_at),
        "failingSince": _time(hook.failing_since),
        "disabledAt": _time(hook.disabled_at),
        "disabledBecause": hook.disabled_because,
        "previousSecretUntil": _time(hook.previous_until),
    }


def delivery_seen(one: WebhookDelivery) -> Json:
    """`answers.DELIVERY`."""
    return {
        "id": str(one.id),
        "event": one.event,
        "createdAt": _time(one.created_at),
        "state": one.state,
        "tries": one.tries,
        "triedAt": _time(one.tried_at),
        "nextTryAt": _time(one.due_at) if one.state == WebhookDelivery.State.DUE else None,
        "statusCode": one.status_code,
        "response": one.response,
        "error": one.error,
        "payload": one.payload,
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
