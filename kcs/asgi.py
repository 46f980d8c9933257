"""The ASGI application. It runs under any ASGI server; `manage.py serve` runs it under daphne."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kcs.settings")
pages = get_asgi_application()

# These import models, and so need the line above to have run.
from channels.routing import ProtocolTypeRouter  # noqa: E402

from kcs.lifespan import lifespan  # noqa: E402
from kcs.routing import websocket_routes  # noqa: E402

application = ProtocolTypeRouter({"http": pages, "websocket": websocket_routes, "lifespan": lifespan})
