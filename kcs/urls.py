from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

from meetings.accounts.staff_sign_in import StaffSignIn
from meetings.admin.scoped import view_on_site
from meetings.doctor.page import doctor_json, doctor_page

admin.site.site_header = admin.site.site_title = "KCS Meet"
admin.site.login_form = StaffSignIn

urlpatterns = [
    # Before the admin's own, which take everything else below it.
    path("admin/doctor/", doctor_page, name="doctor"),
    path("admin/doctor/findings.json", doctor_json, name="doctor-json"),
    path("admin/r/<int:content_type_id>/<path:object_id>/", view_on_site),
    path("admin/", admin.site.urls),
    path("account/", include("meetings.accounts.urls")),
    path("api/", include("meetings.api.urls")),
    # Browsers ask for it on pages that name no icon, as those of the admin.
    path("favicon.ico", RedirectView.as_view(url=static("meetings/favicon.svg"))),
    path("", include("meetings.urls")),
    path("", include("meetings.pages.urls")),
]
