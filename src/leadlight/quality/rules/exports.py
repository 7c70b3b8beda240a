"""What imports tell of the exports that they came from, as findings of the audit. Pure."""

from collections.abc import Sequence

from leadlight.intake.rules.vanished import Vanished
from leadlight.quality.audit.findings import Finding, finding, percent

#: Teams delete single leads all the time: only so many, and such a share of those before, are asked about.
_MANY, _SHARE = 5, 0.01


def missing_leads(latest: Sequence[Vanished]) -> list[Finding]:
    """Tell of each system whose latest export lacks leads that stood in those before; nothing where it lacks none."""
    found = []
    for one in latest:
        n = len(one.lead_ids)
        if not n:
            continue
        share = n / one.n_before
        is_are = "is" if n == 1 else "are"
        is_grave = n >= _MANY and share >= _SHARE
        found.append(
            finding(
                "vanished_leads",
                f"{n:,} of {one.n_before:,} leads ({percent(share)}) of the export before {is_are} not in that of "
                f"{one.exported_at:%Y-%m-%d} from {one.system}.",
                severity="medium" if is_grave else "low",
                action="ask" if is_grave else "kept",
                system=one.system,
                import_id=one.import_id,
                exported_at=one.exported_at.isoformat(),
                n=n,
                n_before=one.n_before,
                share=share,
            )
        )
    return found
