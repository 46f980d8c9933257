"""What somebody with an account wants."""

from django.conf import settings
from django.db import models


class Profile(models.Model):
    """Time zone (a name of the tz database) and language (one of LANGUAGES) of an account; empty where the browser
    decides. An account has one once it has chosen something. Its name is that of Django's user.

    Whoever has the `feed_key` reads when the account's meetings are; empty where there is no such link.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile")
    time_zone = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=16, blank=True)
    feed_key = models.CharField(max_length=40, blank=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.user}"
