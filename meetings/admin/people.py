"""Accounts, organisations, who belongs to them and who is invited, in the admin."""

from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from meetings.accounts.inviting import invite
from meetings.actions.erase_account import erase_account
from meetings.admin.scoped import ScopedAdmin, is_superuser
from meetings.handlers.departing import close_room_soon
from meetings.models import Invitation, Membership, Organisation
from meetings.scope import membership_of

# Generic for the type checker only.
if TYPE_CHECKING:
    OrganisationModelAdmin = admin.ModelAdmin[Organisation]
    MembershipModelAdmin = admin.ModelAdmin[Membership]
    InvitationModelAdmin = admin.ModelAdmin[Invitation]
else:
    OrganisationModelAdmin = MembershipModelAdmin = InvitationModelAdmin = admin.ModelAdmin

# What is set in the environment is not set here as well; what is left of them, an account's page shows.
for _model in (SocialApp, SocialToken, SocialAccount, EmailConfirmation, EmailAddress, User):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


@admin.register(User)
class PersonAdmin(ScopedAdmin, UserAdmin):  # type: ignore[type-arg]  # the mixin is for any model
    """Accounts are changed by superusers alone: whoever may change one may make one of themselves."""

    list_display = ["username", "email", "first_name", "organisation", "is_staff", "last_login"]
    list_select_related = ["membership__organisation"]
    list_filter = ["is_staff", "is_superuser", "is_active", "membership__role"]

    @admin.display(description="organisation", ordering="membership__organisation__name")
    def organisation(self, user: User) -> str:
        """Where they belong."""
        membership = getattr(user, "membership", None)
        return str(membership.organisation) if membership else ""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who they are; superusers see all of it."""
        if is_superuser(request):
            return super().get_fieldsets(request, obj)
        return [(None, {"fields": ["username", "first_name", "last_name", "email", "date_joined", "last_login"]})]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request)

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """As if they had done it themselves: nothing names them afterwards."""
        for meeting_id in erase_account(obj):
            close_room_soon(meeting_id)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """The same."""
        for user in queryset:
            self.delete_model(request, user)


@admin.register(Organisation)
class OrganisationAdmin(ScopedAdmin, OrganisationModelAdmin):
    """How many belong to each, and how many meetings."""

    list_display = ["name", "people", "meetings", "created_at"]
    search_fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organisation]:
        counted = {
            "people_in_it": Count("memberships", distinct=True),
            "its_meetings": Count("meetings", distinct=True),
        }
        organisations: QuerySet[Organisation] = super().get_queryset(request)
        return organisations.annotate(**counted)

    @admin.display(description="people", ordering="people_in_it")
    def people(self, organisation: Any) -> int:
        """Who belong to it."""
        return int(organisation.people_in_it)

    @admin.display(description="meetings", ordering="its_meetings")
    def meetings(self, organisation: Any) -> int:
        """Those that belong to it."""
        return int(organisation.its_meetings)


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin, MembershipModelAdmin):
    """Administrators of an organisation change roles and let people go; people come by invitation."""

    list_display = ["user", "organisation", "role", "since"]
    list_filter = ["role"]
    list_select_related = ["user", "organisation"]
    search_fields = ["user__username", "user__first_name", "user__email", "organisation__name"]
    autocomplete_fields = ["user", "organisation"]

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> list[str]:
        """Whom and where is changed by superusers, and by them only before there is one."""
        return [] if obj is None else ["user", "organisation", "since"]

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        """One by one, so that each closes the admin to whoever goes."""
        for membership in queryset:
            membership.delete()


@admin.register(Invitation)
class InvitationAdmin(ScopedAdmin, InvitationModelAdmin):
    """Adding one sends it."""

    list_display = ["email", "organisation", "role", "created_at", "expires_at", "accepted_at", "accepted_by"]
    list_filter = [("accepted_at", admin.EmptyFieldListFilter), "role"]
    list_select_related = ["organisation", "accepted_by"]
    search_fields = ["email"]

    def get_fields(self, request: HttpRequest, obj: Invitation | None = None) -> list[Any]:
        """The organisation is chosen by superusers; an administrator's is their own."""
        seen = [] if obj is None else ["invited_by", "created_at", "expires_at", "accepted_at", "accepted_by"]
        return ["email", *(["organisation"] if is_superuser(request) else []), "role", *seen]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:
        """Send it; where that is not possible, show the link, which cannot be seen again."""
        assert isinstance(request.user, User), "the admin lets nobody else in"
        obj.invited_by = request.user
        if (theirs := membership_of(request.user)) is not None:
            obj.organisation_id = theirs.organisation_id
        elif not is_superuser(request):
            # Whoever belongs nowhere invites to nothing but an account.
            obj.organisation, obj.role = None, Membership.Role.MEMBER
        sent, link = invite(request, obj)
        if sent:
            self.message_user(request, f"The invitation is on its way to {obj.email}.", messages.SUCCESS)
        else:
            text = f"Mail cannot be sent. Give {obj.email} this link yourself: {link}"
            self.message_user(request, text, messages.WARNING)
