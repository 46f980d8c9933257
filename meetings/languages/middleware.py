"""In which language a page is written."""

from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from meetings.database import is_away
from meetings.models import Profile

# What is not translated yet is in one language as a whole: never a page in two.
IN_ENGLISH = ("/admin/", "/api/")


class LanguageOfPerson(LocaleMiddleware):
    """What the account has chosen; else the language cookie; else what the browser asks for, of LANGUAGES."""

    def process_request(self, request: HttpRequest) -> None:
        if request.path_info.startswith(IN_ENGLISH):
            language = "en"
        else:
            super().process_request(request)
            language = _chosen(request)
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()


def _chosen(request: HttpRequest) -> str:
    try:
        if not request.user.is_authenticated:
            return ""
        chosen = Profile.objects.filter(user_id=request.user.pk).values_list("language", flat=True).first()
    except Exception as error:
        if not is_away(error):
            raise
        # The page itself finds that out, and says so.
        return ""
    return chosen if chosen in dict(settings.LANGUAGES) else ""
