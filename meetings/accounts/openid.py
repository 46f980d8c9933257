"""Signing in through an OpenID Connect provider."""

import logging
from typing import Any, Final

import jwt
from allauth.account.adapter import get_adapter as account_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from meetings.links import absolute

log = logging.getLogger(__name__)

# What somebody else can make with what everybody may know, the key that is published, is not among them.
SIGNED_WITH: Final = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"})
# What comes of a provider that answers, but with something else than it should.
_NONSENSE = (OAuth2Error, RequestException, jwt.PyJWTError, KeyError, TypeError, ValueError)


class CheckedOpenID(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """allauth's, which trusts the connection to the provider; this one also asks for a signature under each token, and
    that the token and what is told of the person are about the same one (OpenID Connect Core 1.0, 3.1.3.7, 5.3.2).
    """

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        try:
            identity = self._read(app, kwargs["response"]["id_token"])
            told = self._fetch_user_info(token.token)
            if told["sub"] != identity["sub"]:
                raise OAuth2Error("userinfo is about somebody else")
            return self.get_provider().sociallogin_from_response(request, {"userinfo": told, "id_token": identity})
        except _NONSENSE as error:
            log.warning("Sign-in through %s failed: %s: %s", app.name, type(error).__name__, error)
            raise OAuth2Error("not understood") from error

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """The address that the provider knows: the site's own, whatever it is called by."""
        return absolute(request, reverse("openid_connect_callback", args=[self.provider_id]))

    def _read(self, app: Any, id_token: str) -> dict[str, Any]:
        if jwt.get_unverified_header(id_token)["alg"] not in SIGNED_WITH:
            raise OAuth2Error("not signed in a way that proves anything")
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return claims


@require_POST
@never_cache
def go(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the browser to the provider; with `process=connect`, to add its account to the one that is signed in. By a
    page that goes on by itself: a redirect would have to be allowed by name in the policy for forms, wherever the
    provider leads on to.
    """
    _, provider = _provider(request, provider_id)
    connects = request.POST.get("process") == "connect" and request.user.is_authenticated
    wanted = request.POST.get("next") or None
    if wanted is not None and not account_adapter(request).is_safe_url(wanted):
        wanted = None
    try:
        url = provider.redirect(request, "connect" if connects else "login", next_url=wanted)["Location"]
        if not url.startswith(("https://", "http://")):
            raise ValueError(f"{url[:40]!r} is not an address to sign in at")
    except _NONSENSE as error:
        log.warning("Sign-in through %s is not possible: %s", provider.name, error)
        return _failed(request, provider, error)
    return render(request, "account/going_on.html", {"url": url, "name": provider.name})


@require_safe
@never_cache
def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The browser comes back from the provider."""
    adapter, provider = _provider(request, provider_id)
    try:
        response: HttpResponse = OAuth2CallbackView.adapter_view(adapter)(request)
    except _NONSENSE as error:
        log.warning("Sign-in through %s failed: %s: %s", provider.name, type(error).__name__, error)
        return _failed(request, provider, error)
    return response


def _provider(request: HttpRequest, provider_id: str) -> tuple[CheckedOpenID, Any]:
    adapter = CheckedOpenID(request, provider_id)
    try:
        provider = adapter.get_provider()
    except SocialApp.DoesNotExist:
        raise Http404 from None
    provider.oauth2_adapter_class = CheckedOpenID
    return adapter, provider


def _failed(request: HttpRequest, provider: Any, error: Exception) -> HttpResponse:
    response: HttpResponse = render_authentication_error(request, provider, exception=error)
    return response
