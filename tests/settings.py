"""The house's own settings, with state in a folder of its own that goes when the tests end."""

import atexit
import os
import shutil
import tempfile

_home = tempfile.mkdtemp(prefix="leadlight-tests-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["LEADLIGHT_HOME"] = _home
os.environ.setdefault("LEADLIGHT_TIME_ZONE", "America/New_York")

from leadlight.config.settings import *  # noqa: E402, F403 - the home must be set before
from leadlight.config.settings import DATABASES, HOME, LOGGING  # noqa: E402

# A file and not memory: some tests kill workers that are processes of their own.
DATABASES["default"].setdefault("TEST", {})
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"]["NAME"] = HOME / "test.sqlite3"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A line for each request would bury what a failing test has to say.
LOGGING["loggers"]["leadlight.request"] = {"level": "WARNING"}
