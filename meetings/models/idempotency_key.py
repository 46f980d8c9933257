"""What was answered to requests that may be sent again."""

from django.db import models


class IdempotencyKey(models.Model):
    """A request that makes something, as whoever sent it called it, and what came of it.

    `person` is their account or session. `body` is the digest of what was asked for.
    """

    person = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    body = models.CharField(max_length=64)
    answer = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="idempotency_created")]
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return self.key
