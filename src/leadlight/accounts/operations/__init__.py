"""Writes of users, tokens and the audit trail."""

from leadlight.accounts.operations.audit import Deed, record_audit, record_audits
from leadlight.accounts.operations.members import (
    WELCOME,
    Member,
    UnableToChangeTeam,
    UnableToCreateUser,
    add_member,
    change_member,
    choose_password,
    create_user,
    describe_brokerage,
    welcome_token,
    welcomed,
)
from leadlight.accounts.operations.tokens import (
    UnableToCreateToken,
    UnableToRevokeToken,
    authenticate,
    create_token,
    revoke_token,
)

__all__ = [
    "WELCOME",
    "Deed",
    "Member",
    "UnableToChangeTeam",
    "UnableToCreateToken",
    "UnableToCreateUser",
    "UnableToRevokeToken",
    "add_member",
    "authenticate",
    "change_member",
    "choose_password",
    "create_token",
    "create_user",
    "describe_brokerage",
    "record_audit",
    "record_audits",
    "revoke_token",
    "welcome_token",
    "welcomed",
]
