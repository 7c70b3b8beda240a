"""The pages of importing: files, what is what, ten people, import, result. They decide nothing by themselves."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from itertools import islice

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from leadlight.accounts.guards import managers_only, signed_in
from leadlight.intake import choices, looks, operations, queries
from leadlight.intake.models import Import, ImportFile, ImportStatus, Table
from leadlight.intake.rules.mapping import Mapping, from_toml
from leadlight.intake.rules.presets import PRESET_BY_NAME
from leadlight.intake.rules.records import EventRow, LeadRow, ListingRow, Rejected
from leadlight.kit.clock import utc_now
from leadlight.kit.errors import DomainError
from leadlight.leads.models import Provenance
from leadlight.listings.rules.facts import Facts, tidied

_SHOWN = 10
#: Of those who vanished from an export, how many are named.
_NAMED = 50

_managers_only = managers_only("intake/forbidden.html")


@require_GET
@_managers_only
def show_list(request: HttpRequest) -> HttpResponse:
    """List all imports, the latest first."""
    return render(request, "intake/list.html", {"imports": queries.imports()[:200]})


@require_http_methods(["GET", "POST"])
@_managers_only
def upload(request: HttpRequest) -> HttpResponse:
    """Take files in; what cannot be read is said on the same page, and nothing of it stays."""
    context = {"max_gb": operations.MAX_BYTES // 1_000_000_000, "failure": ""}
    if request.method != "POST":
        return render(request, "intake/upload.html", context)
    now = utc_now()
    try:
        part_of, _ = operations.receive_files(
            files=[operations.Upload(file.name or "file", file.chunks()) for file in request.FILES.getlist("files")],
            wishes=operations.Wishes(),
            actor=signed_in(request),
            now=now,
            exported_at=now,
        )
    except DomainError as error:
        return render(request, "intake/upload.html", {**context, "failure": error.message}, status=400)
    return redirect("intake:mapping", part_of.pk)


@require_http_methods(["GET", "POST"])
@_managers_only
def mapping(request: HttpRequest, import_id: int) -> HttpResponse:
    """Show what every column becomes, and take changes and the answer to how these people came."""
    part_of = get_object_or_404(Import, pk=import_id)
    if part_of.status != ImportStatus.DRAFT:
        return redirect("intake:result", import_id)
    files = list(part_of.files.order_by("position"))
    samples = {file.position: looks.sample_of(file) for file in files}
    missing, came = "", ""
    if request.method == "POST":
        came = request.POST.get("came", "")
        answer = Provenance(came) if came in Provenance else None
        operations.change_mappings(
            import_id=import_id,
            mappings={file.position: _chosen(file, samples[file.position], request) for file in files},
            system=request.POST.get("system", "").strip()[:40] or None,
            provenance=answer,
            exported_at=_day(request.POST.get("exported_at", "")),
        )
        if "go" in request.POST:
            if answer or not _has_people(part_of):
                return redirect("intake:preview", import_id)
            missing = "Say how these people came, then go on. “Don't know” is an answer."
        part_of.refresh_from_db()
        files = list(part_of.files.order_by("position"))
    shown = [choices.of_file(file, sample := samples[file.position], looks.look(file, sample)) for file in files]
    context = {
        "import": part_of,
        "files": shown,
        "n_people": sum(one.file.n_rows for one in shown if one.file.table == Table.LEADS),
        "has_people": any(one.file.table == Table.LEADS for one in shown),
        "has_opt_outs": any(one.guess.has_opt_outs for one in shown),
        "looked": _looked(part_of, shown, samples),
        "came": came or (part_of.provenance if part_of.provenance != Provenance.UNKNOWN else ""),
        "provenances": Provenance.choices,
        "systems": queries.systems(),
        "missing": missing,
        "looks_like": PRESET_BY_NAME[part_of.preset].label if part_of.preset in PRESET_BY_NAME else "",
    }
    return render(request, "intake/mapping.html", context, status=400 if missing else 200)


def _has_people(part_of: Import) -> bool:
    return part_of.files.filter(table=Table.LEADS).exists()


def _chosen(file: ImportFile, sample: looks.Sample, request: HttpRequest) -> Mapping:
    before = from_toml(file.mapping)
    table = request.POST.get(f"{file.position}-table", before.table)
    if table != before.table and table in Table:
        # Other rows have other fields: everything is guessed anew.
        bare = replace(before, table=table, columns=(), stages={}, activities={}, preset="")
        return looks.look(file, sample, bare).mapping
    changed = choices.chosen(before, request.POST, at=file.position)
    # Looked at once more, since a column that now holds stages brings labels with it.
    return looks.look(file, sample, changed).mapping


def _day(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time.max.replace(microsecond=0), UTC) if text else None
    except ValueError:
        return None


@dataclass(frozen=True)
class _Looked:
    """What a sample of a file says of the whole."""

    name: str
    n: int
    closed: int
    unreadable: int
    reasons: tuple[str, ...]


def _looked(part_of: Import, shown: list[choices.FileChoices], samples: dict[int, looks.Sample]) -> list[_Looked]:
    found = []
    for one in shown:
        sample = samples[one.file.position]
        read = operations.reader_of(one.guess.mapping, sample.columns, now=utc_now(), exported_at=part_of.exported_at)
        parsed = [read(row) for row in sample.rows]
        reasons = dict.fromkeys(row.reason for row in parsed if isinstance(row, Rejected))
        found.append(
            _Looked(
                one.file.name,
                len(parsed),
                sum(isinstance(row, LeadRow) and bool(row.suppressed) for row in parsed),
                sum(isinstance(row, Rejected) for row in parsed),
                tuple(reasons)[:3],
            )
        )
    return found


@require_GET
@_managers_only
def mapping_toml(_request: HttpRequest, import_id: int, position: int) -> HttpResponse:
    """Give a file's mapping to be kept, read or changed elsewhere."""
    file = get_object_or_404(ImportFile, part_of=import_id, position=position)
    return HttpResponse(
        file.mapping,
        content_type="application/toml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="mapping-{import_id}-{position}.toml"'},
    )


@require_GET
@_managers_only
def preview(request: HttpRequest, import_id: int) -> HttpResponse:
    """Show ten people, ten activities and ten listings as they will look."""
    part_of = get_object_or_404(Import, pk=import_id)
    if part_of.status != ImportStatus.DRAFT:
        return redirect("intake:result", import_id)
    people: list[LeadRow] = []
    events: list[EventRow] = []
    homes: list[Facts] = []
    for file in part_of.files.order_by("position"):
        sample = looks.sample_of(file)
        read = operations.reader_of(
            from_toml(file.mapping), sample.columns, now=utc_now(), exported_at=part_of.exported_at
        )
        parsed = (read(row) for row in sample.rows)
        if file.table == Table.LISTINGS:
            told = (Facts(**tidied(row.told.values)) for row in parsed if isinstance(row, ListingRow))
            homes += islice(told, _SHOWN)
        elif file.table == Table.LEADS:
            people += islice((row for row in parsed if isinstance(row, LeadRow)), _SHOWN)
        else:
            events += islice((event for row in parsed if isinstance(row, list) for event in row[:1]), _SHOWN)
    return render(
        request,
        "intake/preview.html",
        {
            "import": part_of,
            "people": people[:_SHOWN],
            "events": events[:_SHOWN],
            "homes": homes[:_SHOWN],
            "nouns": queries.nouns(),
        },
    )


@require_POST
@_managers_only
def start(request: HttpRequest, import_id: int) -> HttpResponse:
    """Start an import, or try one again that failed."""
    get_object_or_404(Import, pk=import_id)
    operations.start_import(import_id=import_id, actor=signed_in(request), now=utc_now())
    return redirect("intake:progress", import_id)


@require_GET
@_managers_only
def progress(request: HttpRequest, import_id: int) -> HttpResponse:
    """Show how far an import or its undoing is; the page asks again every second."""
    part_of = get_object_or_404(Import, pk=import_id)
    is_asking = request.headers.get("HX-Request") == "true"
    if not queries.is_open(import_id):
        if is_asking:
            return HttpResponseClientRedirect(reverse("intake:result", args=[import_id]))
        return redirect("intake:result", import_id)
    n_done, n_rows = queries.progress(import_id)
    context = {
        "import": part_of,
        "n_done": n_done,
        "n_rows": n_rows,
        "is_undo": part_of.status == ImportStatus.UNDOING,
    }
    return render(request, "intake/progress_part.html" if is_asking else "intake/progress.html", context)


@require_GET
@_managers_only
def result(request: HttpRequest, import_id: int) -> HttpResponse:
    """Show what came of an import."""
    part_of = get_object_or_404(queries.imports(), pk=import_id)
    if part_of.status == ImportStatus.DRAFT:
        return redirect("intake:mapping", import_id)
    if queries.is_open(import_id):
        return redirect("intake:progress", import_id)
    vanished = queries.vanished_from(part_of)
    gone = vanished.lead_ids if vanished else ()
    context = {
        "import": part_of,
        "counts": part_of.counts,
        "files": part_of.files.order_by("position"),
        "has_listings": any(file.table == Table.LISTINGS for file in part_of.files.all()),
        "rejected": queries.first_rejected(part_of),
        "vanished": vanished,
        "n_gone": len(gone),
        "gone": queries.people_of(signed_in(request), gone)[:_NAMED] if gone else [],
        "named": _NAMED,
    }
    return render(request, "intake/result.html", context)


@require_GET
@_managers_only
def rejected(_request: HttpRequest, import_id: int) -> StreamingHttpResponse:
    """Give all rows that could not be read, or not wholly, as a CSV."""
    part_of = get_object_or_404(Import, pk=import_id)
    return StreamingHttpResponse(
        queries.rejected_lines(part_of),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="import-{import_id}-rejected.csv"'},
    )


@require_POST
@_managers_only
def undo(request: HttpRequest, import_id: int) -> HttpResponse:
    """Undo an import."""
    get_object_or_404(Import, pk=import_id)
    operations.undo_import(import_id=import_id, actor=signed_in(request), now=utc_now())
    return redirect("intake:progress", import_id)


@require_POST
@_managers_only
def discard(request: HttpRequest, import_id: int) -> HttpResponse:
    """Throw away an import that never started."""
    get_object_or_404(Import, pk=import_id)
    operations.discard_import(import_id=import_id)
    messages.success(request, "The files were thrown away. Nothing was imported.")
    return redirect("intake:list")
