from django.apps import AppConfig


class MediaConfig(AppConfig):
    """Everything between a web process and a mediasoup worker."""

    name = "media"

    def ready(self) -> None:
        from media import checks  # noqa: F401, PLC0415  # registers itself; cannot be imported before apps are loaded
