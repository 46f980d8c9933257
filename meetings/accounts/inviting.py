"""Sending invitations."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from meetings.actions.invite_person import make_out
from meetings.languages.of_account import language_of
from meetings.links import absolute
from meetings.models import Invitation

log = logging.getLogger(__name__)


def invite(request: HttpRequest, invitation: Invitation) -> tuple[bool, str]:
    """Make it out and send it: whether that was possible, and its link.

    Who is invited has chosen no language yet: it is in that of who invites.
    """
    link = absolute(request, reverse("account_invitation", args=[make_out(invitation)]))
    user = invitation.invited_by
    with translation.override(language_of(user)):
        subject, body = _words(request, invitation, link)
    try:
        send_mail(f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{subject}", body, None, [invitation.email])
    except (OSError, SMTPException) as error:
        log.error("The invitation %s could not be sent: %s", invitation.pk, error)
        return False, link
    return True, link


def _words(request: HttpRequest, invitation: Invitation, link: str) -> tuple[str, str]:
    user = invitation.invited_by
    context = {
        "by": _("Somebody") if user is None else user.get_full_name() or user.get_username(),
        "organisation": invitation.organisation,
        "site": absolute(request, "/"),
        "link": link,
        "days": settings.INVITATION_DAYS,
    }
    # A line break in a name must not become a header.
    subject = " ".join(render_to_string("account/email/invitation_subject.txt", context).split())
    return subject, render_to_string("account/email/invitation_message.txt", context)
