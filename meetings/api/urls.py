from django.urls import path, re_path

from meetings.api import (
    attendance,
    breakouts,
    chat,
    decided,
    files,
    insight,
    lifecycle,
    notes,
    people,
    planning,
    tokens,
    views,
    webhooks,
)
from meetings.api.attempts import AttemptSteps
from meetings.api.errors import NothingHere
from meetings.api.health import webrtc_health
from meetings.api.reference import OpenApi, reference_page

_ONE = r"^meetings/(?P<reference>[^/]+)"
_PARTICIPANT = rf"{_ONE}/participants/(?P<participant>[^/]+)"
_POLL = rf"{_ONE}/polls/(?P<poll>[^/]+)"
_WEBHOOK = r"^webhooks/(?P<webhook>[^/]+)"
_KNOCK = rf"{_ONE}/waiting/(?P<participant>[^/]+)"

urlpatterns = [
    path("", reference_page, name="api-reference"),
    re_path(r"^schema/?$", OpenApi.as_view(), name="api-schema"),
    re_path(r"^tokens/?$", tokens.Tokens.as_view(), name="api-tokens"),
    re_path(r"^tokens/(?P<token>[^/]+)/?$", tokens.OneToken.as_view(), name="api-token"),
    re_path(r"^webhooks/?$", webhooks.Webhooks.as_view(), name="api-webhooks"),
    re_path(rf"{_WEBHOOK}/?$", webhooks.OneWebhook.as_view(), name="api-webhook"),
    re_path(rf"{_WEBHOOK}/secret/?$", webhooks.Secret.as_view(), name="api-webhook-secret"),
    re_path(rf"{_WEBHOOK}/test/?$", webhooks.Test.as_view(), name="api-webhook-test"),
    re_path(rf"{_WEBHOOK}/deliveries/?$", webhooks.Deliveries.as_view(), name="api-webhook-deliveries"),
    re_path(r"^meetings/$", views.Meetings.as_view(), name="api-meetings"),
    re_path(r"^meetings/recent/?$", views.RecentMeetings.as_view(), name="api-recent"),
    re_path(r"^meetings/health/webrtc/?$", webrtc_health, name="api-health"),
    re_path(r"^meetings/attempts/(?P<attempt>[^/]+)/steps$", AttemptSteps.as_view(), name="api-attempt-steps"),
    re_path(rf"{_ONE}/?$", views.OneMeeting.as_view(), name="api-meeting"),
    re_path(rf"{_ONE}/join/?$", views.Join.as_view(), name="api-join"),
    re_path(rf"{_ONE}/start/?$", lifecycle.Start.as_view(), name="api-start"),
    re_path(rf"{_ONE}/extend/?$", lifecycle.Extend.as_view(), name="api-extend"),
    re_path(rf"{_ONE}/end/?$", lifecycle.End.as_view(), name="api-end"),
    re_path(rf"{_ONE}/cancel/?$", lifecycle.Cancel.as_view(), name="api-cancel"),
    re_path(rf"{_ONE}/reopen/?$", lifecycle.Reopen.as_view(), name="api-reopen"),
    re_path(rf"{_ONE}/participants/?$", people.Participants.as_view(), name="api-participants"),
    re_path(rf"{_PARTICIPANT}/?$", people.OneParticipant.as_view(), name="api-participant"),
    re_path(rf"{_PARTICIPANT}/role/?$", people.RoleOf.as_view(), name="api-role"),
    re_path(rf"{_PARTICIPANT}/permissions/?$", people.PermissionsOf.as_view(), name="api-permissions"),
    re_path(rf"{_PARTICIPANT}/mute/?$", people.MuteOf.as_view(), name="api-mute"),
    re_path(rf"{_ONE}/schedule/?$", planning.ScheduleOf.as_view(), name="api-schedule"),
    re_path(rf"{_ONE}/occurrences/?$", planning.OccurrencesOf.as_view(), name="api-occurrences"),
    re_path(rf"{_ONE}/occurrences/(?P<occurrence>[^/]+)/?$", planning.OneOccurrence.as_view(), name="api-occurrence"),
    re_path(rf"{_ONE}/invitees/?$", planning.Invitees.as_view(), name="api-invitees"),
    re_path(rf"{_ONE}/invitees/(?P<invitee>[^/]+)/?$", planning.OneInvitee.as_view(), name="api-invitee"),
    re_path(rf"{_ONE}/chat/?$", chat.Chat.as_view(), name="api-chat"),
    re_path(rf"{_ONE}/waiting/?$", people.Waiting.as_view(), name="api-waiting"),
    re_path(rf"{_ONE}/waiting/admit-all/?$", people.AdmitAll.as_view(), name="api-admit-all"),
    re_path(rf"{_KNOCK}/admit/?$", people.Admit.as_view(), name="api-admit"),
    re_path(rf"{_KNOCK}/deny/?$", people.Deny.as_view(), name="api-deny"),
    re_path(rf"{_ONE}/files/?$", files.Files.as_view(), name="api-files"),
    re_path(rf"{_ONE}/notes/?$", notes.NotesOf.as_view(), name="api-notes"),
    re_path(rf"{_ONE}/notes\.txt$", notes.NotesText.as_view(), name="api-notes-text"),
    re_path(rf"{_ONE}/analytics/?$", insight.Analytics.as_view(), name="api-analytics"),
    re_path(rf"{_ONE}/attendance/?$", attendance.AttendanceOf.as_view(), name="api-attendance"),
    re_path(rf"{_ONE}/attendance\.csv$", attendance.AttendanceTable.as_view(), name="api-attendance-table"),
    re_path(rf"{_ONE}/live-stats/?$", insight.LiveStats.as_view(), name="api-live-stats"),
    re_path(rf"{_ONE}/webrtc-config/?$", insight.WebRtcConfig.as_view(), name="api-webrtc-config"),
    re_path(rf"{_ONE}/audit/?$", insight.Audit.as_view(), name="api-audit"),
    re_path(rf"{_ONE}/audit\.csv$", insight.AuditTable.as_view(), name="api-audit-table"),
    re_path(rf"{_ONE}/breakouts/?$", breakouts.BreakoutsOf.as_view(), name="api-breakouts"),
    re_path(rf"{_ONE}/breakouts/open/?$", breakouts.OpenBreakouts.as_view(), name="api-open-breakouts"),
    re_path(rf"{_ONE}/breakouts/close/?$", breakouts.CloseBreakouts.as_view(), name="api-close-breakouts"),
    re_path(rf"{_ONE}/breakouts/broadcast/?$", breakouts.Broadcast.as_view(), name="api-broadcast"),
    re_path(rf"{_ONE}/breakouts/people/(?P<participant>[^/]+)/?$", breakouts.SeatOf.as_view(), name="api-seat"),
    re_path(rf"{_ONE}/polls/?$", decided.Polls.as_view(), name="api-polls"),
    re_path(rf"{_POLL}/?$", decided.OnePoll.as_view(), name="api-poll"),
    re_path(rf"{_POLL}/open/?$", decided.OpenPoll.as_view(), name="api-open-poll"),
    re_path(rf"{_POLL}/close/?$", decided.ClosePoll.as_view(), name="api-close-poll"),
    re_path(rf"{_ONE}/questions/(?P<question>[^/]+)/?$", decided.OneQuestion.as_view(), name="api-question"),
    re_path(rf"{_ONE}/questions/?$", decided.Questions.as_view(), name="api-questions"),
    re_path(r"^.*$", NothingHere.as_view(schema=None), name="api-nothing"),
]
