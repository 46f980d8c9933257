"""Below /account/. allauth finds its own pages by these names."""

from allauth.account import views as account
from allauth.socialaccount import views as social
from django.urls import URLPattern, path, re_path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from meetings.accounts import openid, views

to_settings = RedirectView.as_view(pattern_name="account_settings")

_pages: list[URLPattern] = [
    path("", views.settings_page, name="account_settings"),
    path("data.json", views.data_file, name="account_data"),
    path("delete/", views.delete_page, name="account_delete"),
    path("invitation/<str:token>/", views.invitation_page, name="account_invitation"),
    path("sign-in/", views.SignInPage.as_view(), name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("sign-up/", views.SignUpPage.as_view(), name="account_signup"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("again/", account.reauthenticate, name="account_reauthenticate"),
    path("e-mail/", account.email, name="account_email"),
    path("e-mail/sent/", account.email_verification_sent, name="account_email_verification_sent"),
    path("e-mail/<str:key>/", account.confirm_email, name="account_confirm_email"),
    path("password/", account.password_change, name="account_change_password"),
    # Who has no password comes in through the provider, which decides for how long.
    path("password/none/", to_settings, name="account_set_password"),
    path("password/forgotten/", account.password_reset, name="account_reset_password"),
    path("password/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/changed/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("through/connected/", to_settings, name="socialaccount_connections"),
    path("through/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("through/sign-up/", social.signup, name="socialaccount_signup"),
    path("through/<slug:provider_id>/", openid.go, name="openid_connect_login"),
    path("through/<slug:provider_id>/back/", openid.back, name="openid_connect_callback"),
]

for _page in _pages:
    # They are one person's, or carry a token of theirs.
    _page.callback = never_cache(_page.callback)
urlpatterns = _pages
