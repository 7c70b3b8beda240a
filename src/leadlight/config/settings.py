"""Django's settings, all drawn from `env`. Nothing else in the house reads the environment."""

from leadlight.config import env, logs
from leadlight.config.secret import secret_key
from leadlight.config.subscriptions import DRAINS, SCHEDULE, SUBSCRIPTIONS, WARMUPS
from leadlight.kit.db import database_settings

ENV = env.read()
ENV.home.mkdir(parents=True, exist_ok=True)

HOME = ENV.home
COUNTRY = ENV.country
SECRET_KEY = ENV.secret_key or secret_key(HOME)
DEBUG = ENV.debug
ALLOWED_HOSTS = list(ENV.allowed_hosts)
PUBLIC_URL = ENV.public_url

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "leadlight.ui",
    "leadlight.jobs",
    "leadlight.accounts",
    "leadlight.leads",
    "leadlight.listings",
    "leadlight.events",
    "leadlight.consent",
    "leadlight.intake",
    "leadlight.quality",
    "leadlight.scoring",
    "leadlight.channels",
    "leadlight.messages",
    "leadlight.routing",
    "leadlight.crm",
    "leadlight.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "leadlight.ui.middleware.RequestLog",
    "leadlight.ui.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "leadlight.ui.middleware.PlainErrors",
]

ROOT_URLCONF = "leadlight.config.urls"
WSGI_APPLICATION = "leadlight.config.wsgi.application"
#: Whether a web process loads the model that serves before anybody asks.
WARM_MODEL = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "leadlight.web.context.work_alarm",
                "leadlight.messages.context.sending",
            ],
            "builtins": ["leadlight.ui.templatetags.look", "django.contrib.humanize.templatetags.humanize"],
        },
    }
]

DATABASES = {"default": database_settings(ENV.database_url, home=HOME, sqlite_sync=ENV.sqlite_sync)}
BROKER_URL = ENV.broker_url
OUTBOUND_PRIVATE = ENV.outbound_private
LEDGER_SUBSCRIPTIONS, LEDGER_DRAINS = SUBSCRIPTIONS, DRAINS
LEDGER_WARMUPS, LEDGER_SCHEDULE = WARMUPS, SCHEDULE

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en-us"
TIME_ZONE = ENV.time_zone
USE_TZ = True

STATIC_URL = "/static/"
# Served straight from the packages: an installation is one command, with no copying step to forget.
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# An upload may be a CRM's whole history; the import itself refuses what is too large to be one.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.https else None
SECURE_HSTS_SECONDS = 31_536_000 if ENV.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ENV.https
SECURE_SSL_REDIRECT = ENV.https
# Machines that ask from within speak no HTTPS, and are told nothing secret; metrics ask for a token.
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

logs.configure()
LOGGING = logs.settings(form=ENV.log, show_internals=ENV.debug)
