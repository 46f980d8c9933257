from django.urls import path

from meetings import views

urlpatterns = [
    path("", views.start, name="start"),
    path("m/<str:code>/", views.meeting, name="meeting"),
]
