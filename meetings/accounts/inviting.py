"""Sending invitations."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from meetings.actions.invite_person import make_out
from meetings.links import absolute
from meetings.models import Invitation

log = logging.getLogger(__name__)


def invite(request: HttpRequest, invitation: Invitation) -> tuple[bool, str]:
    """Make it out and send it: whether that was possible, and its link."""
    link = absolute(request, reverse("account_invitation", args=[make_out(invitation)]))
    user = invitation.invited_by
    context = {
        "by": "Somebody" if user is None else user.get_full_name() or user.get_username(),
        "organisation": invitation.organisation,
        "site": absolute(request, "/"),
        "link": link,
        "days": settings.INVITATION_DAYS,
    }
    subject = " ".join(render_to_string("account/email/invitation_subject.txt", context).split())
    body = render_to_string("account/email/invitation_message.txt", context)
    try:
        send_mail(f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{subject}", body, None, [invitation.email])
    except (OSError, SMTPException) as error:
        log.error("The invitation %s could not be sent: %s", invitation.pk, error)
        return False, link
    return True, link
