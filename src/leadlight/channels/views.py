"""The page of the team's mail servers: what messages leave by, where answers are read, and how each is doing."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from leadlight.accounts.guards import managers_only, signed_in
from leadlight.channels import operations, queries
from leadlight.channels.models import MailAccount
from leadlight.channels.rules.forms import read_folder, read_sender, read_server
from leadlight.kit.clock import utc_now
from leadlight.kit.errors import DomainError

_managers_only = managers_only("channels/forbidden.html")

_SECURITIES = (
    ("TLS", "TLS, from the first byte"),
    ("STARTTLS", "STARTTLS, after a word in the clear"),
    ("NONE", "None: only on this machine"),
)


@require_safe
@_managers_only
@never_cache
def email(request: HttpRequest) -> HttpResponse:
    """Show the servers and how they are doing; passwords are never shown."""
    return _page(request)


def _page(request: HttpRequest, *, status: int = 200, failed: str = "", failure: str = "") -> HttpResponse:
    now, account = utc_now(), queries.mail_account()
    typed = {name: value for name, value in request.POST.items() if name != "password"}
    context = {
        "account": account,
        "securities": _SECURITIES,
        "smtp": typed if failed == "smtp" else _smtp_fields(account),
        "imap": typed if failed == "imap" else _imap_fields(account),
        "failed": failed,
        "failure": failure,
        "is_read": queries.inbox_is_read(now=now),
        "now": now,
    }
    return render(request, "channels/email.html", context, status=status)


def _smtp_fields(account: MailAccount) -> Mapping[str, Any]:
    return {
        "from_email": account.from_email,
        "from_name": account.from_name,
        "host": account.smtp_host,
        "port": account.smtp_port,
        "security": account.smtp_security,
        "username": account.smtp_username,
        "may_be_plain": "1" if account.smtp_may_be_plain else "",
    }


def _imap_fields(account: MailAccount) -> Mapping[str, Any]:
    return {
        "host": account.imap_host,
        "port": account.imap_port,
        "security": account.imap_security,
        "username": account.imap_username,
        "folder": account.imap_folder,
        "may_be_plain": "1" if account.imap_may_be_plain else "",
    }


def _done(request: HttpRequest, act: Callable[[], object], *, part: str, success: str) -> HttpResponse:
    try:
        act()
    except DomainError as error:
        return _page(request, status=400, failed=part, failure=error.message)
    messages.success(request, success)
    return redirect("channels:email")


@require_POST
@_managers_only
@never_cache
def connect_smtp(request: HttpRequest) -> HttpResponse:
    """Try the server that was typed, and keep it when it works."""

    def act() -> None:
        sender, server = read_sender(request.POST.dict()), read_server(request.POST.dict())
        operations.connect_smtp(server=server, sender=sender, now=utc_now(), actor=signed_in(request))

    success = "It answered and let us in. Nothing leaves before you turn sending on."
    if queries.mail_account().is_on:
        success = "It answered and let us in. Messages leave by it from now on."
    return _done(request, act, part="smtp", success=success)


@require_POST
@_managers_only
@never_cache
def connect_imap(request: HttpRequest) -> HttpResponse:
    """Try the mailbox that was typed, and keep it when it works."""

    def act() -> None:
        server, folder = read_server(request.POST.dict()), read_folder(request.POST.dict())
        operations.connect_imap(server=server, folder=folder, now=utc_now(), actor=signed_in(request))

    return _done(request, act, part="imap", success="It let us in. What comes in from now on is read every minute.")


@require_POST
@_managers_only
@never_cache
def test_smtp(request: HttpRequest) -> HttpResponse:
    """Try the server that is connected."""
    return _done(
        request,
        operations.test_smtp,
        part="smtp_test",
        success="The server that sends answered and let us in.",
    )


@require_POST
@_managers_only
@never_cache
def test_imap(request: HttpRequest) -> HttpResponse:
    """Try the mailbox that is connected."""
    return _done(request, operations.test_imap, part="imap_test", success="The mailbox let us in and can be read.")


@require_POST
@_managers_only
def turn_on(request: HttpRequest) -> HttpResponse:
    """Let messages leave this machine."""
    operations.turn_sending(is_on=True, now=utc_now(), actor=signed_in(request))
    return redirect("channels:email")


@require_POST
@_managers_only
def turn_off(request: HttpRequest) -> HttpResponse:
    """Keep messages on this machine."""
    operations.turn_sending(is_on=False, now=utc_now(), actor=signed_in(request))
    return redirect("channels:email")


@require_POST
@_managers_only
def disconnect_smtp(request: HttpRequest) -> HttpResponse:
    """Forget the server that sends."""
    operations.disconnect_smtp(now=utc_now(), actor=signed_in(request))
    messages.success(request, "The server that sends was forgotten, with its password.")
    return redirect("channels:email")


@require_POST
@_managers_only
def disconnect_imap(request: HttpRequest) -> HttpResponse:
    """Forget the mailbox."""
    operations.disconnect_imap(now=utc_now(), actor=signed_in(request))
    messages.success(request, "The mailbox was forgotten, with its password. What was read stays.")
    return redirect("channels:email")
