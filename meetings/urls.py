from django.templatetags.static import static
from django.urls import path
from django.views.generic import RedirectView

from meetings import views
from meetings.api.files import OneFile
from meetings.languages.choosing import choose

urlpatterns = [
    path("", views.start, name="start"),
    # One address that stays, for pages of other sites.
    path("embed.js", RedirectView.as_view(url=static("meetings/js/embed.js")), name="embed"),
    path("language/", choose, name="set_language"),
    path("test/", views.test, name="test"),
    path("files/<uuid:file>/", OneFile.as_view(schema=None), name="file"),
    path("m/<str:code>/", views.meeting, name="meeting"),
]
