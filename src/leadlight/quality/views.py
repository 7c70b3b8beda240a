"""The pages of data. They decide nothing by themselves."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leadlight.accounts.guards import managers_only, signed_in
from leadlight.jobs.operations import enqueue
from leadlight.jobs.queries import open_job
from leadlight.kit.clock import utc_now
from leadlight.kit.errors import DomainError
from leadlight.leads import operations as leads
from leadlight.leads.models import Channel, Source
from leadlight.quality import operations, queries
from leadlight.quality.duplicates.clusters import AUTOMATIC, REVIEW
from leadlight.quality.rules.money import amount
from leadlight.quality.rules.words import history_lines, rates, said, volume

_managers_only = managers_only("quality/forbidden.html")


@require_GET
@_managers_only
def data(request: HttpRequest) -> HttpResponse:
    """Show what the team's history says, what it hides, and what to do about it."""
    baseline, run = queries.baseline(), queries.latest_audit()
    held = queries.verdicts()
    pairs = queries.unsettled_pairs(least=REVIEW)
    n_certain = sum(pair.probability >= AUTOMATIC for pair in pairs)
    decided = {verdict.column for verdict in held}
    context = {
        "run": run,
        "verdicts": held,
        "worse": queries.worse_than_before(run) if run else [],
        "findings": [found for found in run.findings if found["column"] not in decided] if run else [],
        "history": history_lines(run.figures.get("history", {}), queries.sentences()) if run else [],
        "volume": volume(run.figures.get("volume"), this_month=f"{run.taken_at:%Y-%m}") if run else None,
        "rates": rates(run.figures.get("sources", ())) if run else [],
        "is_auditing": open_job(_AUDIT_JOB) is not None,
        "found": queries.found_money(signed_in(request), now=utc_now()),
        "baseline": baseline,
        "figures": [said(figure) for figure in baseline.figures] if baseline else [],
        "n_people": queries.n_people(),
        "n_certain": n_certain,
        "n_doubtful": len(pairs) - n_certain,
        "n_proposals": queries.n_proposals(),
    }
    return render(request, "quality/data.html", context)


_AUDIT_JOB = "quality.audit_history"


@require_POST
@_managers_only
def audit(_request: HttpRequest) -> HttpResponse:
    """Have the history audited anew; it runs as a job."""
    enqueue(name=_AUDIT_JOB, payload={}, now=utc_now(), key=_AUDIT_JOB)
    return redirect("quality:data")


@require_POST
@_managers_only
def decide(request: HttpRequest, verdict_id: int) -> HttpResponse:
    """Take what somebody decided about a column."""
    decided = request.POST.get("decided", "")
    try:
        operations.decide_column(verdict_id=verdict_id, decided=decided, actor=signed_in(request), now=utc_now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Kept. The next training obeys it.")
    return redirect("quality:data")


@require_POST
@_managers_only
def freeze(request: HttpRequest) -> HttpResponse:
    """Have the figures from before Leadlight computed anew; a long history takes a while, so it runs as a job."""
    enqueue(
        name="quality.freeze_baseline", payload={"actor_id": signed_in(request).pk}, now=utc_now(), key="baseline"
    )
    messages.success(request, "The figures are being computed. They appear here in a moment.")
    return redirect("quality:data")


@require_POST
@_managers_only
def fill_call_list(request: HttpRequest) -> HttpResponse:
    """Put on the call list whoever asked and got no answer."""
    n = operations.list_unanswered(actor=signed_in(request), now=utc_now())
    messages.success(request, f"New on the call list: {n:,}.")
    return redirect("/leads/?list=call")


#: Pairs on one page.
_PAIRS = 25
_SEARCH_JOB = "quality.find_duplicates"


@require_GET
@_managers_only
def duplicates(request: HttpRequest) -> HttpResponse:
    """Show who is certainly here twice, and ask about those who may be."""
    pairs = queries.unsettled_pairs(least=REVIEW)
    doubtful = [pair for pair in pairs if pair.probability < AUTOMATIC]
    context = {
        "n_certain": len(pairs) - len(doubtful),
        "n_doubtful": len(doubtful),
        "doubts": queries.doubts(doubtful[:_PAIRS]),
        "n_households": queries.n_households(),
        "found_at": queries.duplicates_found_at(),
        "is_searching": open_job(_SEARCH_JOB) is not None,
    }
    return render(request, "quality/duplicates.html", context)


@require_POST
@_managers_only
def search_duplicates(_request: HttpRequest) -> HttpResponse:
    """Have duplicates and households looked for anew; that runs as jobs."""
    for name in (_SEARCH_JOB, "quality.find_households"):
        enqueue(name=name, payload={}, now=utc_now(), key=name)
    return redirect("quality:duplicates")


@require_POST
@_managers_only
def merge_certain(request: HttpRequest) -> HttpResponse:
    """Make one whoever is certainly one person."""
    n = operations.merge_certain(actor=signed_in(request), now=utc_now())
    messages.success(request, f"Records brought together with their persons: {n:,}. Each can be undone on its page.")
    return redirect("quality:duplicates")


@require_POST
@_managers_only
def settle(request: HttpRequest, pair_id: int) -> HttpResponse:
    """Take what somebody says of a pair."""
    is_same = request.POST.get("answer") == "same"
    if not is_same and request.POST.get("answer") != "apart":
        return redirect("quality:duplicates")
    try:
        operations.settle_pair(pair_id=pair_id, is_same=is_same, actor=signed_in(request), now=utc_now())
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("quality:duplicates")


@require_GET
@_managers_only
def sources(request: HttpRequest) -> HttpResponse:
    """Show where leads come from, by channel and name, and ask about names that look like another's."""
    rows = queries.source_rows()
    return render(
        request,
        "quality/sources.html",
        {
            "rows": rows,
            "channels": [(Channel(word), [row for row in rows if row.source.channel == word]) for word in Channel],
            "proposals": [row for row in rows if row.proposed],
            "all_channels": Channel.choices,
            "month": utc_now().date().replace(day=1),
        },
    )


@require_POST
@_managers_only
def join(request: HttpRequest, source_id: int) -> HttpResponse:
    """Make a source another name of the one chosen."""
    source = get_object_or_404(Source, pk=source_id)
    into = request.POST.get("into", "")
    try:
        n = operations.join_sources(
            source_id=source_id, into_id=int(into) if into.isdecimal() else 0, actor=signed_in(request), now=utc_now()
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{source} is only another name now. People whose source that changes: {n:,}.")
    return redirect("quality:sources")


@require_POST
@_managers_only
def part(request: HttpRequest, source_id: int) -> HttpResponse:
    """Have another name stand for itself again."""
    source = get_object_or_404(Source, pk=source_id)
    n = operations.part_sources(source_id=source_id, actor=signed_in(request), now=utc_now())
    messages.success(request, f"{source} is a source of its own again. People whose source that changes: {n:,}.")
    return redirect("quality:sources")


@require_POST
@_managers_only
def own(request: HttpRequest, source_id: int) -> HttpResponse:
    """Remember that a name is no other's."""
    leads.describe_source(source_id=source_id, is_own=True, actor=signed_in(request), now=utc_now())
    return redirect("quality:sources")


@require_POST
@_managers_only
def channel(request: HttpRequest, source_id: int) -> HttpResponse:
    """Move a source to another channel."""
    try:
        leads.describe_source(
            source_id=source_id, channel=request.POST.get("channel", ""), actor=signed_in(request), now=utc_now()
        )
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("quality:sources")


@require_http_methods(["GET", "POST"])
@_managers_only
def costs(request: HttpRequest) -> HttpResponse:
    """Show what sources cost in a month, and take what the team says: nothing of it while an amount is wrong."""
    month = _month(request.POST.get("month", "") or request.GET.get("month", ""))
    rows = [row for row in queries.source_rows() if row.n]
    said = queries.costs_of(month)
    fields = [(row, _words(said.get(row.source.pk)), "") for row in rows]
    if request.method == "POST":
        amounts, wrong = {}, False
        for place, (row, _, _) in enumerate(fields):
            text = request.POST.get(f"amount-{row.source.pk}", "")[:40]
            try:
                amounts[row.source.pk] = amount(text)
                fields[place] = row, text, ""
            except ValueError as error:
                fields[place], wrong = (row, text, str(error)), True
        if not wrong:
            changed = {key: value for key, value in amounts.items() if value != said.get(key)}
            if changed:
                leads.set_source_costs(month=month, amounts=changed, actor=signed_in(request), now=utc_now())
            messages.success(request, f"Kept for {month:%B %Y}.")
            return redirect(f"{request.path}?month={month:%Y-%m}")
    months = sorted({*queries.months_with_leads(), month, utc_now().date().replace(day=1)}, reverse=True)
    context = {"month": month, "months": months, "fields": fields}
    return render(request, "quality/costs.html", context, status=400 if request.method == "POST" else 200)


def _words(value: object) -> str:
    return "" if value is None else f"{value:,}"


def _month(text: str) -> date:
    """Return the month asked for ("2026-10"), or this one when it cannot be read."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return utc_now().date().replace(day=1)
