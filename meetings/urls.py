from django.urls import path

from meetings import views

urlpatterns = [
    path("", views.start, name="start"),
    path("test/", views.test, name="test"),
    path("m/<str:code>/", views.meeting, name="meeting"),
]
