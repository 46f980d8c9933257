"""How passwords and passcodes are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id with 19 MiB, the least that OWASP's cheat sheet on password storage has: many may type a meeting's
    passcode at once, and Django's own 100 MiB for each of them would exhaust a small host.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
