from django.urls import path, re_path

from meetings.api import views
from meetings.api.attempts import AttemptSteps
from meetings.api.health import webrtc_health

urlpatterns = [
    re_path(r"^$", views.Meetings.as_view(), name="api-meetings"),
    re_path(r"^recent/?$", views.RecentMeetings.as_view(), name="api-recent"),
    re_path(r"^health/webrtc/?$", webrtc_health, name="api-health"),
    path("attempts/<uuid:attempt>/steps", AttemptSteps.as_view(), name="api-attempt-steps"),
    re_path(r"^(?P<reference>[^/]+)/join/?$", views.Join.as_view(), name="api-join"),
    re_path(r"^(?P<reference>[^/]+)/?$", views.OneMeeting.as_view(), name="api-meeting"),
]
