"""Persons with an account, and what is held on them."""

from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from terreau.commons.enums import Role
from terreau.commons.models import JournalEntry, RoleGrant, User


def people(search: str = "") -> QuerySet[User]:
    """Accounts with their roles, the latest first. ``search``: part of a name or address."""
    found = User.objects.order_by("-date_joined", "-pk").prefetch_related(
        Prefetch("role_grants", RoleGrant.objects.order_by("role").select_related("granted_by"))
    )
    if words := search.strip():
        found = found.filter(Q(email__icontains=words) | Q(name__icontains=words))
    return found


def holders_of(role: str) -> QuerySet[User]:
    return User.objects.filter(is_active=True, role_grants__role=role)


def administrators() -> QuerySet[User]:
    return holders_of(Role.ADMINISTRATOR)


def is_last_administrator(user: User) -> bool:
    return administrators().filter(pk=user.pk).exists() and administrators().count() == 1


def journal() -> QuerySet[JournalEntry]:
    """Every act, the latest first."""
    return JournalEntry.objects.select_related("by")


def what_we_hold_on(user: User) -> dict[str, Any]:
    """All that the site holds on a person, by name of column: the export that the law asks for."""
    return {
        "email": user.email,
        "name": user.name,
        "date_joined": user.date_joined,
        "last_login": user.last_login,
        "roles": [
            {"role": grant.role, "granted_at": grant.granted_at}
            for grant in user.role_grants.order_by("role")
        ],
        "workshops": [
            {"name": one.name, "starts_at": one.starts_at, "opened_at": one.opened_at}
            for one in user.workshops.order_by("opened_at")
        ],
        "acts": [
            {"at": entry.at, "verb": entry.verb, "subject": entry.subject}
            for entry in JournalEntry.objects.filter(by=user)
        ],
    }
