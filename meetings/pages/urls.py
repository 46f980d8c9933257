from django.urls import path

from meetings.pages import details, feed, invitation, plan, summary
from meetings.pages.dashboard import dashboard

urlpatterns = [
    path("meetings/", dashboard, name="dashboard"),
    path("meetings/new/", plan.new, name="plan"),
    path("meetings/<str:code>/", details.details, name="meeting-details"),
    path("meetings/<str:code>/summary/", summary.summary, name="summary"),
    path("meetings/<str:code>/summary/attendance.csv", summary.attendance_csv, name="summary-csv"),
    path("meetings/<str:code>/summary/attendance.json", summary.attendance_json, name="summary-json"),
    path("meetings/<str:code>/summary/notes.txt", summary.notes_file, name="summary-notes"),
    path("meetings/<str:code>/change/", plan.edit, name="plan-change"),
    path("meetings/<str:code>/cancel/", plan.cancel, name="plan-cancel"),
    path("meetings/<str:code>/invite/", details.invite, name="invite"),
    path("meetings/<str:code>/invited/<uuid:invitee_id>/remove/", details.uninvite_one, name="uninvite"),
    path("meetings/<str:code>/banned/<uuid:participant_id>/lift/", details.let_come_again, name="lift-ban"),
    path("meetings/<str:code>/dates/<uuid:occurrence_id>/", plan.occurrence, name="occurrence"),
    path("meetings/<str:code>/dates/<uuid:occurrence_id>/call-off/", plan.call_off, name="call-off"),
    path("i/<str:key>/", invitation.invitation, name="invitation"),
    path("i/<str:key>/answer/", invitation.answer_it, name="invitation-answer"),
    path("i/<str:key>/join/", invitation.come_in, name="invitation-join"),
    path("i/<str:key>/meeting.ics", invitation.invitation_file, name="invitation-file"),
    path("calendar/renew/", feed.renew, name="feed-renew"),
    path("calendar/<str:key>/meetings.ics", feed.feed, name="feed"),
]
