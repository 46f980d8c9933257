"""Settings that work with no variable set, and say what each variable changes.

Nothing set: SQLite, an in-memory channel layer, Celery's worker and the media node inside the web process, anybody may
start a meeting. `DATABASE_URL` and `REDIS_URL` make it a site for many processes.
"""

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kcs.env import LOOPBACK, Environment, ensure_directory, is_loopback, lasting_secret
from kcs.log import chosen_format, console_logging

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment()
env.read_env(BASE_DIR / ".env")

VAR_DIR = ensure_directory(Path(env.str("KCS_VAR", default="") or BASE_DIR / "var").absolute())
REDIS_URL: str = env.str("REDIS_URL", default="")
DATABASE_URL: str = env.str("DATABASE_URL", default="")
NEWCOMER = not (REDIS_URL or DATABASE_URL or env.str("SECRET_KEY", default=""))

# Where it is served, and under which name.
HOST: str = env.str("HOST", default="127.0.0.1")
PORT: int = env.int("PORT", default=8000)
PUBLIC_URL: str = env.str("PUBLIC_URL", default="").rstrip("/")
BEHIND_TLS = PUBLIC_URL.startswith("https://")
_public_host = [str(urlsplit(PUBLIC_URL).hostname)] if PUBLIC_URL else []
_newcomers_hosts = [*LOOPBACK] if is_loopback(HOST) else ["*"]
ALLOWED_HOSTS: list[str] = env.list(
    "ALLOWED_HOSTS", default=_newcomers_hosts if NEWCOMER else [*LOOPBACK, HOST, *_public_host]
)
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[PUBLIC_URL] if PUBLIC_URL else [])

SECRET_KEY: str = env.str("SECRET_KEY", default="") or lasting_secret(VAR_DIR / "secret_key")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG: bool = env.bool("DEBUG", default=False)

# Meetings.
ALLOW_ANONYMOUS_HOSTS: bool = env.bool("ALLOW_ANONYMOUS_HOSTS", default=NEWCOMER)
# Who may make an account: anybody, who was invited, or nobody on their own (an administrator makes them).
SIGN_UP: str = env.one_of("SIGN_UP", ("open", "invitation", "closed"), default="open" if NEWCOMER else "invitation")
INVITATION_DAYS: int = env.int("INVITATION_DAYS", default=14)
# Whether an account is of use only once its e-mail address is confirmed: on where a mail server is named.
CONFIRM_EMAIL: bool = env.bool("CONFIRM_EMAIL", default=bool(env.str("EMAIL_URL", default="")))
# Sign-in through an OpenID Connect provider.
OIDC_ISSUER: str = env.str("OIDC_ISSUER", default="").rstrip("/")
OIDC_CLIENT_ID: str = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET: str = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_NAME: str = env.str("OIDC_NAME", default="single sign-on")
OIDC_SIGN_UP: bool = env.bool("OIDC_SIGN_UP", default=True)
OIDC_LINK_BY_EMAIL: bool = env.bool("OIDC_LINK_BY_EMAIL", default=False)
MEETING_CAPACITY: int = env.int("MEETING_CAPACITY", default=100)
GRACE_SECONDS: float = env.float("GRACE_SECONDS", default=20.0)
# The probe: how often (0: never), for how long its runs are kept, the address it calls (`meetings.probe.address`), and
# who is told when it fails.
PROBE_SECONDS: float = env.float("PROBE_SECONDS", default=60.0)
PROBE_DAYS: int = env.int("PROBE_DAYS", default=7)
PROBE_URL: str = env.str("PROBE_URL", default="").rstrip("/")
ALERT_EMAIL: list[str] = env.list("ALERT_EMAIL", default=[])
# Whether people who are alone in a meeting may call a bot that talks back.
# How long nobody has to be in a meeting until it ends by itself; 0: it never does, so that its link stays good.
EMPTY_MINUTES: int = env.int("EMPTY_MINUTES", default=0)
INVITE_BOT: bool = env.bool("INVITE_BOT", default=True)
INCIDENT_DAYS: int = env.int("INCIDENT_DAYS", default=90)
EVENT_DAYS: int = env.int("EVENT_DAYS", default=30)
AUDIT_DAYS: int = env.int("AUDIT_DAYS", default=365)
# Webhooks: addresses and networks of one's own that they may be sent to, and how long it is kept what they were told.
WEBHOOK_ALLOW: list[str] = env.list("WEBHOOK_ALLOW", default=[])
WEBHOOK_DAYS: int = env.int("WEBHOOK_DAYS", default=30)
# The origins of pages that may have a meeting in a frame.
EMBED_ORIGINS: list[str] = env.list("EMBED_ORIGINS", default=[])
# For how long the chat, who was there, and meetings that have ended are kept; 0: for good.
CHAT_DAYS: int = env.int("CHAT_DAYS", default=0)
ATTENDANCE_DAYS: int = env.int("ATTENDANCE_DAYS", default=0)
MEETING_DAYS: int = env.int("MEETING_DAYS", default=0)
# Whether the summary of a meeting shows its hosts what was written to everybody.
SUMMARY_CHAT: bool = env.bool("SUMMARY_CHAT", default=True)
# Files in the chat: how large one may be (0: there are none), how many and how much there may be in one meeting, of
# which kinds (`meetings.files.kinds`; with none named the usual ones), for how long they are kept, and what examines
# them.
FILE_MEGABYTES: int = env.int("FILE_MEGABYTES", default=20)
MEETING_FILES: int = env.int("MEETING_FILES", default=200)
MEETING_FILE_MEGABYTES: int = env.int("MEETING_FILE_MEGABYTES", default=500)
FILE_KINDS: list[str] = env.list("FILE_KINDS", default=[])
FILE_DAYS: int = env.int("FILE_DAYS", default=365)
SCAN_COMMAND: str = env.str("SCAN_COMMAND", default="")
SCAN_SECONDS: float = env.float("SCAN_SECONDS", default=30.0)
ICE_SERVERS: list[dict[str, Any]] = env.json("ICE_SERVERS", default=[])
TURN_URLS: list[str] = env.list("TURN_URLS", default=[])
TURN_SECRET: str = env.str("TURN_SECRET", default="")
TURN_TTL: int = env.int("TURN_TTL", default=4 * 3600)

# Who may read /metrics; with neither, this machine alone (`kcs.metrics.access`).
METRICS_TOKEN: str = env.str("METRICS_TOKEN", default="")
METRICS_ALLOW: list[str] = env.list("METRICS_ALLOW", default=[])

# Media; `media.conf` fills in what is not set here.
MEDIA_EMBEDDED: bool = env.bool("MEDIA_EMBEDDED", default=True)
MEDIA_SOCKET: str = env.str("MEDIA_SOCKET", default="")
MEDIA_LISTEN: str = env.str("MEDIA_LISTEN", default="")
MEDIA_NODE_NAME: str = env.str("MEDIA_NODE_NAME", default="")
MEDIA_LINK_ADDRESS: str = env.str("MEDIA_LINK_ADDRESS", default="")
MEDIA_LINK_CERT: str = env.str("MEDIA_LINK_CERT", default="")
MEDIA_LINK_KEY: str = env.str("MEDIA_LINK_KEY", default="")
MEDIA_LINK_CA: str = env.str("MEDIA_LINK_CA", default="")
MEDIA_LINK_SECRET: str = env.str("MEDIA_LINK_SECRET", default="")
MEDIASOUP_WORKERS: int | None = env.int("MEDIASOUP_WORKERS", default=None)
MEDIASOUP_LISTEN_IP: str = env.str("MEDIASOUP_LISTEN_IP", default="")
MEDIASOUP_ANNOUNCED_IP: str = env.str("MEDIASOUP_ANNOUNCED_IP", default="")
MEDIASOUP_PORT: int = env.int("MEDIASOUP_PORT", default=0)
MEDIASOUP_CONSUMERS_PER_WORKER: int = env.int("MEDIASOUP_CONSUMERS_PER_WORKER", default=500)
MEDIA_DRAIN_SECONDS: float = env.float("MEDIA_DRAIN_SECONDS", default=10.0)
MEDIA_ROOM_SHARE: float = env.float("MEDIA_ROOM_SHARE", default=1.0)
MEDIASOUP_WORKER_USER: str = env.str("MEDIASOUP_WORKER_USER", default="")
MEDIASOUP_WORKER_CONFINE: bool = env.bool("MEDIASOUP_WORKER_CONFINE", default=True)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "kcs",
    "media",
    "meetings",
]
MIDDLEWARE = [
    "kcs.middleware.Operations",
    "django.middleware.security.SecurityMiddleware",
    "kcs.middleware.StaticFiles",
    "csp.middleware.CSPMiddleware",
    "kcs.middleware.permissions_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "meetings.languages.middleware.LanguageOfPerson",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kcs.middleware.DatabaseAway",
]
ROOT_URLCONF = "kcs.urls"
ASGI_APPLICATION = "kcs.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

if DATABASE_URL:
    DATABASES: dict[str, Any] = {"default": env.db_url_config(DATABASE_URL)}
    if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
        # A database that cannot be reached is noticed in seconds, and not when TCP gives up after minutes.
        DATABASES["default"]["OPTIONS"] = {
            "connect_timeout": 3,
            "tcp_user_timeout": 5000,
            **DATABASES["default"].get("OPTIONS", {}),
        }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "kcs.sqlite3",
            "OPTIONS": {
                # Write locks are taken at BEGIN and waited for: SQLite gives up at once on a lock that is upgraded.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
            },
            # A file, so that threads share it; one for each process, so that test runs do not.
            "TEST": {"NAME": VAR_DIR / f"test-{os.getpid()}.sqlite3"},
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if REDIS_URL:
    CHANNEL_LAYERS: dict[str, Any] = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL]},
        }
    }
else:
    # The layer drops what exceeds the capacity of a channel without a word, so it must hold the largest burst there is.
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 10_000}}}

if REDIS_URL:
    CACHES: dict[str, Any] = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    }

CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_BROKER_TRANSPORT_OPTIONS = {} if REDIS_URL else {"polling_interval": 0.05}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "sweep-presence": {"task": "meetings.tasks.sweep_presence", "schedule": 10.0},
    "close-breakouts": {"task": "meetings.tasks.close_breakouts", "schedule": 10.0},
    "end-abandoned-attempts": {"task": "meetings.tasks.end_abandoned_attempts", "schedule": 300.0},
    "purge-sessions": {"task": "meetings.tasks.purge_sessions", "schedule": 24 * 3600.0},
    "purge-idempotency-keys": {"task": "meetings.tasks.purge_idempotency_keys", "schedule": 3600.0},
    "purge-events": {"task": "meetings.tasks.purge_events", "schedule": 24 * 3600.0},
    "pass-time": {"task": "meetings.tasks.pass_time", "schedule": 20.0},
    "remind": {"task": "meetings.tasks.remind_people", "schedule": 60.0},
    "send-mail": {"task": "meetings.tasks.send_mail", "schedule": 5.0},
    # One that waited for its turn is of no use beside the next.
    "send-webhooks": {"task": "meetings.tasks.send_webhooks", "schedule": 2.0, "options": {"expires": 10.0}},
    "purge-webhooks": {"task": "meetings.tasks.purge_webhooks", "schedule": 24 * 3600.0},
    "purge-mail": {"task": "meetings.tasks.purge_mail", "schedule": 24 * 3600.0},
    "end-empty-meetings": {"task": "meetings.tasks.end_empty_meetings", "schedule": 60.0},
    "purge-audit": {"task": "meetings.tasks.purge_audit", "schedule": 24 * 3600.0},
    "purge-kept": {"task": "meetings.tasks.purge_kept", "schedule": 24 * 3600.0},
    "purge-incidents": {"task": "media.tasks.purge_incidents", "schedule": 24 * 3600.0},
    "sweep-files": {"task": "meetings.tasks.sweep_files", "schedule": 3600.0},
    "purge-probes": {"task": "meetings.tasks.purge_probes", "schedule": 24 * 3600.0},
}
if PROBE_SECONDS > 0:
    CELERY_BEAT_SCHEDULE["probe"] = {"task": "meetings.tasks.probe_media", "schedule": PROBE_SECONDS}

# Mail, for alerts and accounts.
ADMINS: list[tuple[str, str]] = [(address, address) for address in env.list("ADMINS", default=[])]
vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="kcs-meet@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Where calendars send their answers: the organiser of what is planned here. `manage.py take_reply` reads them.
CALENDAR_EMAIL: str = env.str("CALENDAR_EMAIL", default=DEFAULT_FROM_EMAIL)
# How long it is kept what mail went to whom.
MAIL_DAYS: int = env.int("MAIL_DAYS", default=90)
EMAIL_TIMEOUT = 10

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
PASSWORD_HASHERS = [
    "meetings.accounts.hashing.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# The first decides alone over who belongs to an organisation.
AUTHENTICATION_BACKENDS = [
    "meetings.accounts.backend.Accounts",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"

# allauth, see `meetings.accounts`.
ACCOUNT_ADAPTER = "meetings.accounts.adapter.Accounts"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "meetings.accounts.naming.Named"
ACCOUNT_FORMS = {
    name: f"meetings.accounts.forms.{form}"
    for name, form in (
        ("login", "SignIn"),
        ("signup", "SignUp"),
        ("add_email", "NewAddress"),
        ("change_password", "ChangePassword"),
        ("reset_password", "ForgottenPassword"),
        ("reset_password_from_key", "NewPassword"),
        ("reauthenticate", "Again"),
    )
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if CONFIRM_EMAIL else "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[KCS Meet] "
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
# In the browser that signed up alone: a link that is passed on signs nobody in.
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_METHODS = ["password"]
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "start"
SOCIALACCOUNT_ADAPTER = "meetings.accounts.adapter.ProvidedAccounts"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = OIDC_LINK_BY_EMAIL
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = OIDC_LINK_BY_EMAIL
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": OIDC_NAME,
                "client_id": OIDC_CLIENT_ID,
                "secret": OIDC_CLIENT_SECRET,
                "settings": {"server_url": OIDC_ISSUER},
            }
        ]
        if OIDC_ISSUER
        else [],
    }
}

SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_HSTS_SECONDS: int = env.int("HSTS_SECONDS", default=3600 if BEHIND_TLS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS: bool = env.bool("HSTS_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD: bool = env.bool("HSTS_PRELOAD", default=False)
# What binds other sites under the same domain, and what the proxy in front has to do, is not for this site to decide:
# includeSubDomains (W005), preload (W021), sending plain HTTP on to HTTPS (W008).
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        # 'self' covers the signalling socket: CSP 3 matches ws: and wss: of the page's own host.
        "connect-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

LANGUAGE_CODE = "en"
# Each in its own words: whoever looks for theirs may not read the others.
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("ar", "العربيّة")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR_DIR / "media"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    # What people share in meetings. It has no address: `meetings.files` hands it out.
    "files": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": VAR_DIR / "files",
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
}
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
# Without a collectstatic the files are served from where they lie.
WHITENOISE_USE_FINDERS = not STATIC_ROOT.is_dir()
WHITENOISE_AUTOREFRESH = DEBUG

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "meetings.api.authentication.TokenOfSomebody",
        "meetings.api.authentication.SessionOfAnybody",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "start-meeting": env.str("THROTTLE_START_MEETING", default="120/min"),
        "join": env.str("THROTTLE_JOIN", default="600/min"),
        "api": env.str("THROTTLE_API", default="1200/min"),
        "chat": env.str("THROTTLE_CHAT", default="120/min"),
        "files": env.str("THROTTLE_FILES", default="120/min"),
        "divide": env.str("THROTTLE_DIVIDE", default="60/min"),
        "trace": env.str("THROTTLE_TRACE", default="600/min"),
    },
    # Whose requests are counted: with nobody in front, X-Forwarded-For is what anybody may have written.
    "NUM_PROXIES": env.int("PROXIES", default=1 if PUBLIC_URL else 0),
    "EXCEPTION_HANDLER": "meetings.api.errors.as_coded_json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "KCS Meet",
    "DESCRIPTION": "Meetings over HTTP. Every refusal is a problem detail (RFC 9457) with a `code` of its own.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "meetings.api.health.add_health",
        "meetings.api.schema.add_components",
        "meetings.api.schema.in_order",
    ],
}

LOG_FORMAT = chosen_format(
    env.str("LOG_FORMAT", default=""), by_default="human" if NEWCOMER or sys.stderr.isatty() else "json"
)
LOGGING = console_logging(env.str("LOG_LEVEL", default="INFO"), LOG_FORMAT)
LOGGING_CONFIG = "logging.config.dictConfig"
