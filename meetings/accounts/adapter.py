"""How allauth does its work on this site."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.accounts.invited import opened
from meetings.accounts.naming import LONGEST, rename
from meetings.links import absolute
from meetings.whence import client_address

# As RFC 3696, erratum 1690, has it, and our column.
LONGEST_ADDRESS = 254

log = logging.getLogger(__name__)


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Who may sign up, what addresses are ours, and what happens when mail cannot be sent."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy("There is no account with this address and password."),
        "username_password_mismatch": gettext_lazy("There is no account with this address and password."),
        "too_many_login_attempts": gettext_lazy("That was tried too often. Wait some minutes, then try again."),
        "email_taken": gettext_lazy("There is an account with this address already. Sign in, or set a new password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """As SIGN_UP says, and for who was invited unless it is closed."""
        match settings.SIGN_UP:
            case "open":
                return True
            case "invitation":
                return opened(request) is not None
            case _:
                return False

    def clean_email(self, email: str) -> str:
        """No longer than there is room for."""
        if len(email) > LONGEST_ADDRESS:
            raise ValidationError(_("That address is too long."))
        return email

    def is_safe_url(self, url: str | None) -> bool:
        """An address of this very host: ALLOWED_HOSTS may name more, or all."""
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whose tries are counted."""
        return client_address(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """Never by a Host header that somebody else has sent, where the site knows its address."""
        return absolute(request, reverse("account_confirm_email", args=[emailconfirmation.key]))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The same for setting a new password."""
        uid, _dash, token = key.partition("-")
        return absolute(self.request, reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token}))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the settings."""
        return reverse("account_settings")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send it, or tell whoever waits for it that it could not be sent: the same for addresses without account."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException) as error:
            log.error("Mail %s could not be sent: %s", template_prefix, error)
            messages.error(self.request, _("Mail cannot be sent at the moment. Tell whoever runs this site."))


class ProvidedAccounts(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts of people for whom an OpenID Connect provider vouches."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """As OIDC_SIGN_UP says: who may sign in there is for the provider to decide."""
        return bool(settings.OIDC_SIGN_UP)

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:
        """With the name that the provider knows, in one piece."""
        user = super().populate_user(request, sociallogin, data)
        name = data.get("name") or f"{user.first_name} {user.last_name}".strip() or data.get("username") or ""
        rename(user, str(name)[:LONGEST])
        return user

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        """Back to the settings."""
        return reverse("account_settings")
