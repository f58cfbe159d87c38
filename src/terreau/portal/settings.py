"""All settings. Each may be changed by an environment variable; docs/reference/settings.md lists them.

All state lives under one folder, TERREAU_DATA (default ``var/``).
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF

from terreau.loop import open_packages
from terreau.portal.secret import load_or_make_secret

PACKAGE = Path(__file__).resolve().parent.parent
REPOSITORY = PACKAGE.parent.parent


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "oui"}


def _list(name: str, default: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


DATA_DIR = Path(os.environ.get("TERREAU_DATA", "var")).resolve()
# Open data shipped with the product: in a clone its data/ folder, in a wheel the copy inside the package.
SHIPPED_DATA = next(p for p in (REPOSITORY / "data", PACKAGE / "shipped_data") if p.is_dir())

DEBUG = _flag("TERREAU_DEBUG", False)
SECRET_KEY = os.environ.get("TERREAU_SECRET_KEY") or load_or_make_secret(DATA_DIR)
ALLOWED_HOSTS = _list("TERREAU_HOSTS", "localhost,127.0.0.1,[::1]")
SITE_ADDRESS = os.environ.get("TERREAU_SITE_ADDRESS", "").rstrip("/")  # "https://terreau.example"
CSRF_TRUSTED_ORIGINS = [SITE_ADDRESS] if SITE_ADDRESS else []
SOURCE_CODE = os.environ.get(
    "TERREAU_SOURCE_CODE", ""
)  # where this site's code can be had: the AGPL asks for it
IS_HTTPS = SITE_ADDRESS.startswith("https://")  # secure cookies, redirection and HSTS follow
# How many proxies of ours stand in front. Without any, X-Forwarded-* headers are a visitor's own words.
PROXIES = int(os.environ.get("TERREAU_PROXIES", "0"))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "csp",
    "allauth",
    "allauth.account",
    "terreau.lake",
    "terreau.ui",
    "terreau.commons",
    *(f"terreau.{package}" for package in open_packages()),
    "terreau.portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # it pads answers at random, so that their size tells no secret
    "csp.middleware.CSPMiddleware",
    "terreau.portal.nul.WithoutNulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "terreau.portal.permissions.PermissionMiddleware",
]

ROOT_URLCONF = "terreau.portal.urls"
WSGI_APPLICATION = "terreau.portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "portal" / "templates"],  # before allauth's own account pages
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "terreau.portal.context.site",
            ],
        },
    }
]

_SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA_DIR / "terreau.sqlite3",
    "CONN_MAX_AGE": None,  # opening the file again for each page costs more than reading it
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;"
        " PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON",  # erased: zeros
    },
}
_DATABASE_URL = os.environ.get("DATABASE_URL", "")
DATABASES = {
    # A connection to a server is kept for a minute: opening one for each page costs more than the page.
    "default": dj_database_url.parse(_DATABASE_URL, conn_max_age=60, conn_health_checks=True)
    if _DATABASE_URL
    else _SQLITE
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# In files, not in memory: the server runs several processes, and each would count a visitor's attempts apart.
# Not in the database: a harvest holds SQLite's one writer for seconds, and nobody could sign in meanwhile.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

AUTH_USER_MODEL = "commons.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_REDIRECT_URL = "account"
LOGOUT_REDIRECT_URL = "home"
LOGIN_URL = "account_login"

# Sign-in and sign-up by a code sent by e-mail. There is no password anywhere: without a password field in
# SIGNUP_FIELDS allauth asks for none, and an account has an unusable one.
ACCOUNT_ADAPTER = "terreau.portal.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "terreau.portal.accounts.forms.SignInForm",
    "confirm_login_code": "terreau.portal.accounts.forms.SignInCodeForm",
    "confirm_email_verification_code": "terreau.portal.accounts.forms.SignUpCodeForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8}  # "1234-5678": typed on any keyboard
ACCOUNT_PREVENT_ENUMERATION = True  # the same pages whether an address has an account or not
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Terreau] "
ACCOUNT_USER_DISPLAY = str
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "signup": "10/m/ip,60/h/ip",
    "request_login_code": "20/m/ip,3/m/key,10/h/key",  # key: the address that would receive the mails
    "login_failed": "10/m/ip,5/300s/key",
    "confirm_email": "1/10s/key",
    "claim": "10/h/user,3/h/key",  # to speak for an organisation; key: the address of the mail, or the party
    "claim_code": "20/h/user",  # its code typed: see observe/web/views/custodians.py
    "commitment_change": "120/h/user",  # commitments/web/views/changing.py
    "commitment_draft": "240/h/user",  # one a minute in a meeting, changes too: commitments/web/views/drafting.py
    "commitment_refusal": "10/h/user",  # that enter the public log: commitments/web/views/refusals.py
    "contradiction": "5/h/ip",  # a practice contested: see observe/web/views/practices.py
    "correction": "20/h/ip",  # outside a workshop (commons/queries/workshops.py): observe/web/views/corrections.py
    "workshop": "20/h/user",  # opened: portal/web/workshops.py
    "workshop_code": "60/h/ip",  # wrong ones
    "subscription": "20/h/ip,5/h/key",  # key: the address written to; commitments/web/views/subscriptions.py
    "process_answer": "60/h/ip",  # words sent by the link of a mail: deliberate/web/views/following.py
    "mask_request": "5/h/ip",  # a request to be masked: see observe/web/views/masking.py
    "contribution": "240/h/ip",  # a whole room behind one connection: deliberate/web/views/contributions.py
    "text_support": "240/h/ip",  # the same: deliberate/web/views/texts.py
    "text_change": "120/h/user",  # deliberate/web/views/text_writing.py
    "process_change": "240/h/user",  # drafts, steps, roles: deliberate/web/views/changing.py
    "process_refusal": "10/h/user",  # that enter the public log: deliberate/web/refusals.py
    "process_interest": "30/h/user",  # deliberate/web/views/interests.py
    "words_appeal": "20/h/ip",  # deliberate/web/views/moderation.py
    "words_rewrite": "60/h/ip",  # deliberate/web/views/words.py
    "proposal": "60/h/ip",  # written, supported, withdrawn: deliberate/web/views/proposals.py
    "proposal_reply": "60/h/user",  # and what a meeting decided: deliberate/web/views/replies.py
    "conference": "120/h/user",  # conferences, resonances: deliberate/web/views/conferences.py
    "pledge": "120/h/ip",  # answers of a list: see commitments/web/views/pledges.py
    "statement": "30/h/key",  # key: the participant; deliberate/web/views/statements.py
    "add_picture": "60/h/user",  # observe/web/views/pictures.py
}
# A hall of two hundred shares one address: each participant is limited, and how many of them an address makes.
VOTING_PACES = {
    "vote": (120, 60),
    "take_part": (1000, 3600),
}  # how many in how many seconds; deliberate/web/pace.py
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
SESSION_COOKIE_AGE = 30 * 24 * 3600

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [p for p in (REPOSITORY / "locale", PACKAGE / "locale") if p.is_dir()]
TIME_ZONE = "Europe/Paris"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "media"

# "smtp://user:password@host:25", "smtps://…" (encrypted from the start) or "smtp+tls://…" (STARTTLS).
_SMTP = urlsplit(os.environ.get("TERREAU_SMTP_URL", ""))
EMAIL_HOST, EMAIL_PORT = _SMTP.hostname or "localhost", _SMTP.port or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_SMTP.username or ""), unquote(_SMTP.password or "")
EMAIL_USE_TLS, EMAIL_USE_SSL = _SMTP.scheme == "smtp+tls", _SMTP.scheme == "smtps"
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = os.environ.get(
    "TERREAU_EMAIL_BACKEND",
    f"django.core.mail.backends.{'smtp' if _SMTP.hostname else 'console'}.EmailBackend",
)
REPLY_ADDRESS = os.environ.get("TERREAU_REPLY_ADDRESS", "")  # empty: nothing is received by mail
DEFAULT_FROM_EMAIL = os.environ.get("TERREAU_FROM_EMAIL", "terreau@localhost")

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SECURE_SSL_REDIRECT = IS_HTTPS and PROXIES > 0  # else nothing tells an encrypted request from a plain one
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked by the machine itself, in plain HTTP
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
# Other sites, not ours to decide for, may live under the same name: no subdomains, no preload list.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_HANDLERS = ["terreau.portal.uploads.NoFiles"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "worker-src": [SELF, "blob:"],
        "style-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
    }
}

# Errors and warnings go to the output of the server; never a request's body, a cookie or a code. Django's
# error report by mail is left out. The console mail backend is the one place where a code is printed, by
# design.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.request": {"level": "ERROR"},  # a page that does not exist is the visitor's affair
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # so is a wrong name: no trace for each
    },
}
