"""Files with which scores go back into a CRM: one entry per vendor. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from leadlight.intake.rules.export import harmless


@dataclass(frozen=True)
class Vendor:
    """A CRM whose importer takes our scores back."""

    #: As `Lead.system` has it, and as the command is told.
    system: str
    label: str
    #: The header by which its importer knows a record again.
    id_header: str
    #: Whether its field of a moment takes a time of day; else the day is written.
    takes_time: bool
    #: Where to bring the file, one sentence.
    where: str


VENDORS: Mapping[str, Vendor] = {
    vendor.system: vendor
    for vendor in (
        Vendor(
            "followupboss",
            "Follow Up Boss",
            "ID",
            takes_time=False,
            where="Make the custom fields first, then import the file under Admin, Import.",
        ),
        Vendor(
            "hubspot",
            "HubSpot",
            "Record ID",
            takes_time=False,
            where="Make the contact properties first, then import the file and choose to update existing contacts.",
        ),
        Vendor(
            "salesforce",
            "Salesforce",
            "Id",
            takes_time=True,
            where="Make the custom fields first, then update leads with Data Loader and map the columns.",
        ),
    )
}

#: Written for a tier when there is nothing left to foretell. Importers skip empty cells unless told otherwise: a
#: lead that was hot before the deal would stay hot in the CRM for ever.
SETTLED = "Settled"


@dataclass(frozen=True)
class ExportRow:
    """One lead as the file tells of it."""

    external_id: str
    #: The whole number that people read; None for a settled lead.
    score: int | None
    #: In words: "Hot"; empty for a settled lead.
    tier: str = ""
    #: The strongest reason; of a settled lead, how it stands.
    reason: str = ""
    scored_at: datetime | None = None
    version_id: int | None = None


def header(vendor: Vendor) -> list[str]:
    """Return the first line of a vendor's file."""
    columns = ("Score", "Tier", "Reason", "Scored At", "Model")
    return [vendor.id_header, *(f"Leadlight {column}" for column in columns)]


def cells(vendor: Vendor, row: ExportRow, *, zone: ZoneInfo) -> list[str]:
    """Return a line of a vendor's file; days are those of the team's zone."""
    settled = row.score is None
    found = [
        row.external_id,
        "" if row.score is None else str(row.score),
        SETTLED if settled else row.tier,
        row.reason,
        "" if row.scored_at is None else _written(vendor, row.scored_at, zone),
        "" if row.version_id is None else str(row.version_id),
    ]
    return [harmless(cell) for cell in found]


def _written(vendor: Vendor, at: datetime, zone: ZoneInfo) -> str:
    if vendor.takes_time:
        return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return at.astimezone(zone).strftime("%Y-%m-%d")
