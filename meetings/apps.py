from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = "Meetings"

    def ready(self) -> None:
        from meetings import checks  # noqa: F401, PLC0415  # registers itself; cannot be imported before apps are loaded
