"""Accounts and roles."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from terreau.commons.enums import Role
from terreau.commons.models import RoleGrant, User
from terreau.commons.queries.people import is_last_administrator

from .journal import write_journal
from .mail import forget_mail


class LastAdministrator(Exception):
    """The act would leave the site without an administrator."""


@transaction.atomic
def make_administrator(*, email: str, by: User | None) -> bool:
    """Give the role to the account of ``email``, made if there is none. False when it was already so."""
    address = User.objects.normalize_email(email).lower()
    user = User.objects.filter(email__iexact=address).first() or User.objects.create_user(address)
    return grant_role(user=user, role=Role.ADMINISTRATOR, by=by)


@transaction.atomic
def grant_role(*, user: User, role: str, by: User | None) -> bool:
    """Confide ``role``. False, and no entry, when the person holds it already. Raises ValueError."""
    if role not in Role.values or role == Role.MEMBER:
        raise ValueError(f"not a role that is confided: {role}")
    _, is_new = RoleGrant.objects.get_or_create(user=user, role=role, defaults={"granted_by": by})
    if is_new:
        write_journal(verb="grant-role", subject=f"person:{user.pk}", by=by, role=role)
        user.forget_roles()
    return is_new


@transaction.atomic
def revoke_role(*, user: User, role: str, by: User | None) -> bool:
    """Take ``role`` back. False, and no entry, when the person did not hold it. Raises LastAdministrator."""
    if role == Role.ADMINISTRATOR:
        _refuse_for_last_administrator(user)
    removed, _ = RoleGrant.objects.filter(user=user, role=role).delete()
    if removed:
        write_journal(verb="revoke-role", subject=f"person:{user.pk}", by=by, role=role)
        user.forget_roles()
    return bool(removed)


@transaction.atomic
def change_name(*, user: User, name: str, by: User) -> None:
    """Change the displayed name. The journal says that it changed, not what it was."""
    user.name = name
    user.save(update_fields=["name"])
    write_journal(verb="change-name", subject=f"person:{user.pk}", by=by)


@transaction.atomic
def erase_account(*, user: User, by: User | None) -> None:
    """Delete the account and what hangs on it; the person's acts stay in the journal, unsigned.

    Raises LastAdministrator.
    """
    _refuse_for_last_administrator(user)
    subject = f"person:{user.pk}"
    user.delete()
    forget_mail(about=subject, by=None)
    write_journal(verb="erase-account", subject=subject, by=None)


@transaction.atomic
def forget_unused_accounts(*, older_than: dt.timedelta, by: User | None) -> int:
    """Delete the accounts that nobody ever signed in to: a mistyped or borrowed address is not kept.

    An account that holds a role was made on purpose and waits for its owner.
    """
    unused = User.objects.filter(
        last_login__isnull=True, role_grants__isnull=True, date_joined__lt=timezone.now() - older_than
    )
    _, by_model = unused.delete()
    count = by_model.get("commons.User", 0)
    if count:
        write_journal(verb="forget-unused-accounts", by=by, count=count)
    return count


def _refuse_for_last_administrator(user: User) -> None:
    # Rows locked first: two administrators who take each other's role back at once must not both succeed.
    list(RoleGrant.objects.select_for_update().filter(role=Role.ADMINISTRATOR))
    if is_last_administrator(user):
        raise LastAdministrator
