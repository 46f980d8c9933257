from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

from meetings.doctor.page import doctor_json, doctor_page

admin.site.site_header = admin.site.site_title = "KCS Meet"

urlpatterns = [
    # Before the admin's own, which take everything else below it.
    path("admin/doctor/", doctor_page, name="doctor"),
    path("admin/doctor/findings.json", doctor_json, name="doctor-json"),
    path("admin/", admin.site.urls),
    path("api/meetings/", include("meetings.api.urls")),
    # Browsers ask for it on pages that name no icon, as those of the admin.
    path("favicon.ico", RedirectView.as_view(url=static("meetings/favicon.svg"))),
    path("", include("meetings.urls")),
]
