from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = "Meetings"

    def ready(self) -> None:
        from media import names  # noqa: PLC0415  # the resolver reads models, which are not loaded before this
        from meetings.names import resolve  # noqa: PLC0415  # as above

        names.register(resolve)
