"""The roles of whoever asks for a page, with or without an account.

A later room adds its roles (instructing officer, elected official…) as members of ``enums.Role``, with a
migration of ``RoleGrant.role``; then names them in the rows of ``portal/permissions.py`` that they may
open. Nothing else lists roles: the page of people, the table and its tests follow. Every person with an
account is a member; a role gives nothing more than the rows that name it, so an administrator is not a
moderator unless she holds both roles.
"""

from typing import TYPE_CHECKING, Union

from terreau.commons.enums import Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from terreau.commons.models import User

VISITOR = "visitor"
"""Whoever has no account, or has not signed in."""


def roles_of(user: Union["User", "AnonymousUser"]) -> frozenset[str]:
    return user.roles if user.is_authenticated else frozenset({VISITOR})


GRANTED_ROLES = tuple(role for role in Role if role != Role.MEMBER)
"""The roles that an administrator confides; being a member comes with the account."""
