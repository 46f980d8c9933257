"""In which language somebody is written to who has no page open."""

from django.conf import settings
from django.contrib.auth.models import User

from meetings.models import Profile


def language_of(user: User | None) -> str:
    """What the account has chosen; else, and for nobody, the site's own."""
    profile = Profile.objects.filter(user=user).first() if user is not None else None
    return (profile.language if profile else "") or settings.LANGUAGE_CODE
