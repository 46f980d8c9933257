"""Media in the admin."""

from django.contrib import admin

from media.admin_live import LiveMediaAdmin
from media.models import LiveMedia

admin.site.register(LiveMedia, LiveMediaAdmin)
