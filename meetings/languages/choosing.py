"""Choosing another language."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from meetings.models import Profile


@require_POST
@never_cache
def choose(request: HttpRequest) -> HttpResponseBase:
    """Django's own: `language` into a cookie, then back to `next`, on this site alone. An account keeps it too, on all
    its devices.
    """
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        Profile.objects.update_or_create(user_id=request.user.pk, defaults={"language": language})
    return set_language(request)
