"""The pages of messages. They decide nothing by themselves."""

import uuid
from collections.abc import Callable

from django.contrib import messages as notes
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leadlight.accounts.guards import managers_only, signed_in
from leadlight.accounts.queries import brokerage
from leadlight.channels.queries import email_vendor, inbox_is_read
from leadlight.kit.clock import utc_now
from leadlight.kit.errors import DomainError
from leadlight.messages import operations, queries
from leadlight.messages.models import PauseOf, State
from leadlight.messages.rules.library import LIBRARY
from leadlight.messages.rules.templates import FIELD_BY_NAME

_managers_only = managers_only("messages/forbidden.html")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Show what went out, what was to and may not, and what nobody knows of."""
    actor, tab = signed_in(request), request.GET.get("show", "all")
    sheet = queries.outgoing(actor, tab=tab, before=_number(request.GET.get("before", "")))
    context = {
        "sheet": sheet,
        "tab": tab if tab in queries.TABS else "all",
        "tabs": [(name, words) for name, (words, _) in queries.TABS.items()],
        "n_doubtful": queries.n_doubtful(actor),
        "is_real": email_vendor().is_real,
        "channels": PauseOf.choices,
        "paused": {pause.what for pause in queries.pauses()},
        "now": utc_now(),
    }
    return render(request, "messages/outbox.html", context)


@require_safe
def message(request: HttpRequest, message_id: int) -> HttpResponse:
    """Show one message whole, with what was decided about it and why."""
    found = queries.messages_for(signed_in(request)).filter(pk=message_id)
    shown = found.select_related("lead__person", "sender").first()
    if shown is None:
        raise Http404
    return render(request, "messages/message.html", {"message": shown, "now": utc_now()})


@require_POST
def settle(request: HttpRequest, message_id: int) -> HttpResponse:
    """Take what somebody says of a message in doubt."""
    actor = signed_in(request)
    if not actor.may_edit or not queries.messages_for(actor).filter(pk=message_id).exists():
        raise Http404
    arrived = request.POST.get("answer") == "arrived"
    try:
        operations.settle_doubt(message_id=message_id, arrived=arrived, actor=actor, now=utc_now())
    except DomainError as error:
        notes.error(request, error.message, extra_tags="bad")
    else:
        notes.success(request, "Noted." if arrived else "It is sent once more.", extra_tags="good")
    return redirect("messaging:outbox")


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Show who wrote to us, the latest first."""
    actor, now, unread_only = signed_in(request), utc_now(), request.GET.get("show") == "unread"
    threads, before = queries.threads(actor, unread_only=unread_only, before=_number(request.GET.get("before", "")))
    context = {
        "threads": threads,
        "before": before,
        "unread_only": unread_only,
        "unfiled": queries.unfiled(actor),
        "is_read": inbox_is_read(now=now),
        "now": now,
    }
    return render(request, "messages/inbox.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: HttpRequest, person_id: int) -> HttpResponse:
    """Show what was said between a person and us, and take an answer."""
    actor, now = signed_in(request), utc_now()
    found = queries.conversation(actor, person_id)
    if found is None:
        raise Http404
    person, told = found
    form = {"subject": "", "text": "", "token": uuid.uuid4().hex}
    if request.method == "POST":
        if not actor.may_edit:
            raise Http404
        form = {name: request.POST.get(name, "").replace("\0", "")[:20_000] for name in form}
        try:
            sent = operations.write(
                person_id=person_id,
                subject=form["subject"][:300],
                text=form["text"],
                token=form["token"][:40],
                actor=actor,
                now=now,
            )
        except DomainError as error:
            notes.error(request, error.message, extra_tags="bad")
        else:
            if sent.state == State.REFUSED:
                notes.error(request, f"Not sent: {sent.outcome}", extra_tags="bad")
            else:
                notes.success(request, "On its way.", extra_tags="good")
                return redirect("messaging:conversation", person_id)
    elif actor.may_edit:
        operations.mark_read(person_id=person_id, now=now)
    context = {"person": person, "told": told, "form": form, "now": now, "may_edit": actor.may_edit}
    return render(request, "messages/conversation.html", context)


@require_POST
def unfiled(request: HttpRequest, message_id: int) -> HttpResponse:
    """Say whose a message is that came from nobody whom we knew, or that it is nobody's."""
    actor = signed_in(request)
    if not (actor.may_edit and actor.sees_everything):
        raise Http404
    who, now = " ".join(request.POST.get("who", "").split())[:200], utc_now()
    try:
        if request.POST.get("answer") == "nobody":
            operations.set_aside(message_id=message_id, now=now)
            notes.success(request, "Set aside.", extra_tags="good")
        else:
            person = queries.only_person(actor, who)
            operations.file_message(message_id=message_id, person_id=person.pk, now=now)
            notes.success(request, f"Filed with {person}.", extra_tags="good")
    except DomainError as error:
        notes.error(request, error.message, extra_tags="bad")
    return redirect("messaging:inbox")


@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    """Have nothing go out by itself."""
    return _switch(request, operations.pause_sending, "Paused. Nothing goes out by itself until somebody resumes it.")


@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """Let messages go out by themselves again."""
    return _switch(request, operations.resume_sending, "Resumed. What has become useless meanwhile is not sent.")


def _switch(request: HttpRequest, act: Callable[..., object], told: str) -> HttpResponse:
    actor = signed_in(request)
    if not actor.may_edit:
        raise Http404
    try:
        act(what=request.POST.get("what", "ALL"), actor=actor, now=utc_now())
    except DomainError as error:
        notes.error(request, error.message, extra_tags="bad")
    else:
        notes.success(request, told, extra_tags="good")
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if is_ours else "messaging:outbox")


@require_safe
@_managers_only
def wordings(request: HttpRequest) -> HttpResponse:
    """Show the words of every template."""
    return render(request, "messages/wordings.html", {"wordings": queries.wordings(), "now": utc_now()})


@require_http_methods(["GET", "HEAD", "POST"])
@_managers_only
def wording(request: HttpRequest, template: str) -> HttpResponse:
    """Show the words of one template, and take the team's own."""
    if template not in LIBRARY:
        raise Http404
    actor, now, words = signed_in(request), utc_now(), queries.wording(template)
    form = {"subject": words.subject, "text": words.text}
    if request.method == "POST":
        form = {name: request.POST.get(name, "").replace("\0", "")[:10_000] for name in form}
        try:
            if "restore" in request.POST:
                operations.restore_wording(template=template, actor=actor, now=now)
            else:
                operations.change_wording(template=template, **form, actor=actor, now=now)
        except DomainError as error:
            notes.error(request, error.message, extra_tags="bad")
        else:
            notes.success(request, "Kept. The next message says it so.", extra_tags="good")
            return redirect("messaging:wordings")
    context = {
        "words": words,
        "form": form,
        "fields": [FIELD_BY_NAME[name] for name in words.template.fields],
        "now": now,
    }
    return render(request, "messages/wording.html", context)


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """
    End emails to whoever got this link: on POST alone, as programs that look for danger follow links.

    Mail programs press it for people and bring no cookie (RFC 8058). What guards it is that nobody can make it up.
    """
    try:
        message = queries.unsubscribing(token)
    except signing.BadSignature as error:
        raise Http404 from error
    is_done = request.method == "POST"
    if is_done and message is not None:
        operations.unsubscribe(message=message, now=utc_now())
    context = {"brokerage": brokerage(), "is_done": is_done or message is None}
    return render(request, "messages/unsubscribe.html", context)
