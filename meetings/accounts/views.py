"""The pages of accounts that are not allauth's own, or more than those."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.views import LoginView, SignupView
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from meetings.accounts.export import data_of
from meetings.accounts.forms import DeleteForm, SettingsForm
from meetings.accounts.invited import accept_opened, open_invitation, opened
from meetings.actions.erase_account import erase_own_account
from meetings.actions.invite_person import find_invitation
from meetings.handlers.departing import close_room_soon
from meetings.links import absolute
from meetings.models import Invitation, organisation_of
from meetings.protocol.codes import Refusal

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


class SignInPage(LoginView):  # type: ignore[misc]  # allauth has no types
    """With the way through a provider, and the way to an account, where there is one."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        can_sign_up = get_adapter(self.request).is_open_for_signup(self.request)
        return {**super().get_context_data(**kwargs), **_provider(), "can_sign_up": can_sign_up}


class SignUpPage(SignupView):  # type: ignore[misc]  # allauth has no types
    """Of many who use one invitation at once, one makes an account."""

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.invite(self.request)
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **_provider(), "invitation": opened(self.request)}

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            if (invitation := opened(self.request)) is not None:
                Invitation.objects.select_for_update().get(pk=invitation.pk)
            if not self.is_open():
                closed: HttpResponse = self.closed()
                return closed
            response: HttpResponse = super().form_valid(form)
            return response


@get_or_post
@never_cache
@login_required
def settings_page(request: HttpRequest) -> HttpResponse:
    """Name, time zone, language; and the ways to address, password and the end of it."""
    user = _user(request)
    form = SettingsForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        form.save()
        # In the language of the page that shows it.
        with translation.override(form.profile.language or translation.get_language()):
            messages.success(request, _("Your settings are saved."))
        return redirect("account_settings")
    context = {
        "form": form,
        "organisation": getattr(getattr(user, "membership", None), "organisation", None),
        "has_password": user.has_usable_password(),
        "feed": _feed(request, form),
        "connected": SocialAccount.objects.filter(user=user).exists(),
        **_provider(),
    }
    return render(request, "account/settings.html", context)


@require_safe
@never_cache
@login_required
def data_file(request: HttpRequest) -> HttpResponse:
    """All that is kept about the account, to take along."""
    response = JsonResponse(data_of(_user(request)), json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="kcs-meet-data.json"'
    return response


@sensitive_post_parameters("password")
@get_or_post
@never_cache
@login_required
def delete_page(request: HttpRequest) -> HttpResponse:
    """Delete one's account, for good."""
    user = _user(request)
    form = DeleteForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid() and _is_them(request, user, form):
        try:
            ended = erase_own_account(user)
        except Refusal as refusal:
            form.add_error(None, refusal.details)
        else:
            for meeting_id in ended:
                close_room_soon(meeting_id)
            logout(request)
            messages.success(request, _("Your account is deleted."))
            return redirect("start")
    return render(request, "account/delete.html", {"form": form})


@get_or_post
@never_cache
def invitation_page(request: HttpRequest, token: str) -> HttpResponse:
    """The link of an invitation: to sign up with it, or to join with the account that one has."""
    invitation = find_invitation(token)
    if invitation is None:
        return render(request, "account/invitation_over.html", status=410)
    open_invitation(request, invitation)
    if request.user.is_authenticated:
        return _join_with(request, invitation)
    get_adapter(request).stash_verified_email(request, invitation.email)
    context = {"invitation": invitation, "closed": settings.SIGN_UP == "closed", **_provider()}
    return render(request, "account/invitation.html", context)


def _join_with(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    user = _user(request)
    context: dict[str, Any] = {"invitation": invitation}
    there = organisation_of(user.pk)
    if there is not None and there != invitation.organisation_id:
        context["refused"] = _("This account belongs to another organisation.")
    elif request.method == "POST":
        try:
            accept_opened(request, user)
        except Refusal as refusal:
            context["refused"] = refusal.details
        else:
            if invitation.organisation is not None:
                messages.success(
                    request, _("You belong to %(organisation)s now.") % {"organisation": invitation.organisation}
                )
            return redirect("start")
    return render(request, "account/invitation.html", context, status=409 if "refused" in context else 200)


def _is_them(request: HttpRequest, user: User, form: DeleteForm) -> bool:
    if "password" not in form.fields:
        return True
    try:
        # Counted as signing in is, so that nobody guesses passwords here.
        if get_adapter(request).reauthenticate(user, form.cleaned_data["password"]):
            return True
        form.add_error("password", _("That is not your password."))
    except ValidationError as too_often:
        form.add_error("password", too_often)
    return False


def _provider() -> dict[str, Any]:
    return {"provider": settings.OIDC_NAME if settings.OIDC_ISSUER else ""}


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "login_required"
    return request.user


def _feed(request: HttpRequest, form: SettingsForm) -> str:
    """The address of the calendar of theirs; empty where they have none."""
    key = form.profile.feed_key
    return absolute(request, reverse("feed", args=[key])) if key else ""
