"""All addresses of the house: one line per room."""

from django.urls import include, path

from leadlight.config.api import addresses

urlpatterns = [
    path("api/v1/", addresses()),
    path("", include("leadlight.web.urls")),
    path("", include("leadlight.accounts.urls")),
    path("", include("leadlight.routing.urls")),
    path("", include("leadlight.messages.urls")),
    path("import/", include("leadlight.intake.urls")),
    path("data/", include("leadlight.quality.urls")),
    path("settings/email/", include("leadlight.channels.urls")),
    path("settings/webhooks/", include("leadlight.crm.urls")),
    path("model/", include("leadlight.scoring.urls")),
]
