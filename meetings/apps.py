from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = "Meetings"

    def ready(self) -> None:
        # These read models, which are not loaded before this.
        from media import names  # noqa: PLC0415
        from meetings import checks  # noqa: F401, PLC0415  # registers itself
        from meetings.accounts import signals  # noqa: F401, PLC0415  # the same
        from meetings.files import storing  # noqa: F401, PLC0415  # the same
        from meetings.names import resolve  # noqa: PLC0415

        names.register(resolve)
