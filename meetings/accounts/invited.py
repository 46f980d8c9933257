"""The invitation that somebody opened in this browser, from the link to the account."""

from django.contrib.auth.models import User
from django.http import HttpRequest

from meetings.actions.invite_person import accept
from meetings.models import Invitation

KEY = "invitation"


def open_invitation(request: HttpRequest, invitation: Invitation) -> None:
    """Remember it until there is an account."""
    request.session[KEY] = invitation.pk


def opened(request: HttpRequest) -> Invitation | None:
    """The one that was opened, as long as it can be accepted."""
    known = request.session.get(KEY)
    if known is None:
        return None
    found = Invitation.objects.select_related("organisation").filter(pk=known).first()
    return found if found is not None and found.is_open else None


def accept_opened(request: HttpRequest, user: User) -> None:
    """`user` accepts it. Raises Refusal as `accept` does."""
    known = request.session.pop(KEY, None)
    if known is not None:
        accept(known, user)
