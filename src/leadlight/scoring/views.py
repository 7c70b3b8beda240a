"""The model page: the card in words first, then its curves, each with its table."""

from datetime import timedelta
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from leadlight.accounts.models import User
from leadlight.jobs.operations import enqueue
from leadlight.jobs.queries import open_job, parked_error
from leadlight.kit.clock import utc_now
from leadlight.scoring import charts, queries
from leadlight.scoring.rules.labels import Target
from leadlight.scoring.rules.words import advice, deed, headline, shares

TRAIN_JOB = "scoring.train_and_score"


@require_GET
def model(request: HttpRequest) -> HttpResponse:
    """Show what serves and how it did on leads that it never saw."""
    version = queries.serving()
    training = open_job(TRAIN_JOB)
    context: dict[str, Any] = {
        "version": version,
        "training": training,
        "failure": training.latest_error.strip().splitlines()[-1] if training and training.latest_error else "",
        "parked": parked_error(TRAIN_JOB),
        "n_people": queries.n_people(),
        "versions": queries.versions()[:12],
        "silent_moves": queries.silent_moves(since=utc_now() - timedelta(days=7)),
    }
    if version is not None:
        card = version.card
        measured = card["by_time"] or card["random"]
        context |= {
            "card": card,
            "measured": measured,
            "deed": deed(Target.parse(version.target)),
            "headline": headline(card),
            "advice": advice(card),
            "figures": shares(card),
            "left_for_audit": queries.left_for_audit(),
        }
        if measured:
            context |= {
                "reliability": charts.reliability(measured["reliability"]),
                "thresholds": charts.thresholds(measured["by_threshold"]),
                "gain": charts.gain(measured["gain"]),
                "weighs_most": queries.in_words(card["weighs_most"])[:12],
            }
    fragment = bool(request.headers.get("HX-Request"))
    return render(request, "scoring/training.html" if fragment else "scoring/model.html", context)


@require_POST
def train(request: HttpRequest) -> HttpResponse:
    """Ask for a training; it runs as a job."""
    user = cast(User, request.user)
    if not user.may_import:
        raise PermissionDenied
    now = utc_now()
    enqueue(name=TRAIN_JOB, payload={"actor_id": user.pk}, now=now, key=TRAIN_JOB)
    return redirect("scoring:model")


@require_GET
def card_json(_request: HttpRequest, version_id: int) -> JsonResponse:
    """Give a version's card as it is."""
    version = get_object_or_404(queries.versions(), pk=version_id)
    return JsonResponse(version.card, json_dumps_params={"indent": 1})
