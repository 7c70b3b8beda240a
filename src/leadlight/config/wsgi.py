"""The web application as a server loads it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadlight.config.settings")
application = get_wsgi_application()

# Only now: it reads tables, and these need the settings.
from leadlight.web.warming import warm_in_background  # noqa: E402

warm_in_background()
