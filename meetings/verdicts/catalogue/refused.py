"""Joins that the site refuses."""

from meetings.verdicts.catalogue.cause import NOTHING_HOST, TELL_ADMIN, Causes

CAUSES = Causes()

# What may well be right in a moment, by what people do.
_PASSING = ("MEETING_NOT_STARTED", "ACCOUNT_REQUIRED", "WRONG_PASSCODE")
for _code, _mine, _do, _theirs, _host_do, _admin, _admin_do in (
    ("MEETING_NOT_FOUND", "There is no such meeting.", "Check the code of the meeting.", "{name} asked for a meeting that does not exist.", "Send them the link again.", "There is no meeting of that id or code.", "Check the link that was handed out."),
    ("MEETING_CANCELLED", "The meeting was cancelled.", "Ask whoever invited you.", "{name} came to a meeting that was cancelled.", "Nothing that you could do.", "The meeting had been cancelled.", "Nothing to mend."),
    ("MEETING_ENDED", "The meeting has ended.", "Ask the host for a new one.", "{name} came after the meeting had ended.", "Make a new meeting.", "The meeting has ended.", "Nothing to mend."),
    ("MEETING_FULL", "The meeting is full.", "Try again when somebody has left, or ask the host.", "{name} cannot come in: the meeting is full.", "Let somebody leave, or raise the number of seats.", "The meeting's capacity is used up.", "Raise the capacity of the meeting."),
    ("MEETING_LOCKED", "The meeting is locked.", "Ask the host to let you in.", "{name} cannot come in: the meeting is locked.", "Unlock the meeting.", "The host has locked the meeting.", "Nothing to mend."),
    ("MEETING_NOT_STARTED", "The meeting has not started yet.", "Wait until the host starts it.", "{name} waits for the meeting to start.", "Start the meeting.", "The meeting has not started.", "Nothing to mend."),
    ("ACCOUNT_REQUIRED", "This meeting is for people with an account.", "Sign in, then come in again.", "{name} came without an account to a meeting that takes no guests.", "Ask them to sign in, or let guests in.", "The meeting takes no guests, and the participant was not signed in.", "Nothing to mend."),
    ("WRONG_PASSCODE", "The passcode is not right.", "Type it again, or ask the host for it.", "{name} typed a wrong passcode.", "Tell them the passcode again.", "A wrong passcode was given.", "Nothing to mend."),
    ("JOIN_DENIED", "The host did not let you in.", "Ask the host.", "{name} was not let in.", "Nothing to do.", "The host did not let the participant in.", "Nothing to mend."),
    ("REMOVED", "You were removed from this meeting.", "Ask the host if you think that this is a mistake.", "{name} was removed and tried to come back.", "Nothing to do.", "The participant had been removed from the meeting.", "Nothing to mend."),
    ("NOT_AUTHENTICATED", "Your invitation is not valid any more.", "Open the link of the meeting again.", "{name}'s invitation is not valid any more.", "Ask them to open the link again.", "The ticket is not valid: expired, or made with another SECRET_KEY.", "If it happens to everybody, check SECRET_KEY and the clocks of the web hosts."),
    ("NOT_ALLOWED", "You are not allowed to do that here.", "Sign in, or ask the host.", "{name} is not allowed to come in.", "Check their role.", "Refused by the rules of access, or for the Origin of the page: {details}", "Check ALLOWED_HOSTS and PUBLIC_URL against the address that people use."),
    ("BAD_REQUEST", "The page and the server do not understand each other.", "Reload the page.", "{name}'s page and the server do not understand each other.", "Ask them to reload the page.", "{event} was refused as not well-formed: {details}", "Likely an old page or a client of somebody's own: compare versions."),
    ("RATE_LIMITED", "Too many requests were made from here.", "Wait a minute and try again.", "{name} tried too often in a short time.", "Ask them to wait a minute.", "{event} was refused for too many requests.", "If it is a page of ours, it is a fault of ours: report it."),
    ("MEDIA_OVERLOADED", "The server is at its limit: there is no room for picture and sound of one more.", "Try again in a few minutes.", "{name} gets no picture and sound: the server is at its limit.", "Let some turn off their cameras; tell your administrator.", "No media worker has room left: {details}", "Add a media node or raise the limits; see the load in the admin's live view."),
    ("SERVICE_UNAVAILABLE", "The service is not available at the moment.", "Try again in a minute.", "{name} cannot come in: the service is not available.", NOTHING_HOST, "{event} was refused: {details}", "Check database and channel layer: `manage.py media_doctor`."),
    ("INTERNAL_ERROR", "Something went wrong on the server.", "Try again. " + TELL_ADMIN, "Something went wrong on the server for {name}.", NOTHING_HOST, "{event} ended in an error that nobody had foreseen: {details}", "Look for it in the log at that time, and report it."),
    ("TRANSPORT_CREATION_FAILED", "The server could not prepare your picture and sound.", "Join again. " + TELL_ADMIN, "The server could not prepare picture and sound for {name}.", NOTHING_HOST, "The worker made no transport: {details}", "Usually no port is free or the listen address does not exist: `manage.py media_doctor`."),
    ("TRANSPORT_CONNECT_FAILED", "The server did not accept your browser's end of the secure connection.", "Reload the page. " + TELL_ADMIN, "The server did not accept {name}'s end of the secure connection.", "Ask them to reload the page.", "The worker refused the DTLS parameters: {details}", "Compare the client's version; report it when it is our page."),
):  # fmt: skip
    CAUSES.add(
        _code, "waiting" if _code in _PASSING else "failing", (_mine, _do), (_theirs, _host_do), (_admin, _admin_do)
    )
