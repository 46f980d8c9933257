"""What happens when somebody signs up and in, wherever on the site they do."""

from typing import Any

from allauth.account.signals import user_signed_up
from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from meetings.accounts.invited import accept_opened
from meetings.actions.take_over import take_over
from meetings.identity import GUEST
from meetings.protocol.codes import Refusal


@receiver(user_logged_in)
def bring_along(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """What the guest of this browser did is the account's."""
    take_over(request.session.pop(GUEST, ""), user.pk)


@receiver(user_signed_up)
def take_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Who came with an invitation has used it."""
    try:
        accept_opened(request, user)
    except Refusal as refusal:
        messages.error(request, refusal.details)
