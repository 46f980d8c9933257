from django.apps import AppConfig


class KcsConfig(AppConfig):
    name = "kcs"
    verbose_name = "KCS Meet"

    def ready(self) -> None:
        from kcs import checks  # noqa: F401, PLC0415  # registers itself; cannot be imported before apps are loaded
