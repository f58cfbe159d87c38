"""May this person…? The rules about accounts and roles that a table of addresses cannot say."""

from terreau.commons.enums import Role
from terreau.commons.models import User
from terreau.commons.queries.people import is_last_administrator


def may_grant_role(by: User, role: str) -> bool:
    """Administrators confide roles, even to themselves: a site may have one alone, and the journal tells."""
    return by.has_role(Role.ADMINISTRATOR) and role != Role.MEMBER


def may_revoke_role(by: User, user: User, role: str) -> bool:
    """Never the last administrator's: nobody could confide a role any more."""
    if not by.has_role(Role.ADMINISTRATOR) or role == Role.MEMBER:
        return False
    return not (role == Role.ADMINISTRATOR and is_last_administrator(user))


def may_erase_account(by: User, user: User) -> bool:
    """One's own account, unless one is the last administrator: hand the role over first."""
    return by == user and not is_last_administrator(user)
