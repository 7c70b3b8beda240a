"""Imports: what was brought in, how it was read, what it changed, and what could not be read."""

from django.conf import settings
from django.db import models

from leadlight.leads.models import Provenance


class ImportStatus(models.TextChoices):
    """Where an import stands."""

    DRAFT = "DRAFT", "not started"
    QUEUED = "QUEUED", "waiting"
    RUNNING = "RUNNING", "running"
    DONE = "DONE", "done"
    FAILED = "FAILED", "failed"
    UNDOING = "UNDOING", "being undone"
    UNDONE = "UNDONE", "undone"


class Import(models.Model):
    """Files that were brought in together."""

    #: Which system the ids in the files belong to; a newer export of the same system updates.
    system = models.CharField(max_length=40)
    preset = models.CharField(max_length=40, default="", blank=True)
    status = models.CharField(max_length=8, choices=ImportStatus, default=ImportStatus.DRAFT)
    provenance = models.CharField(max_length=16, choices=Provenance, default=Provenance.UNKNOWN)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    #: What the profile columns describe: the day the export was made.
    exported_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    #: What came of it: created, updated, unchanged, rejected and so on.
    counts = models.JSONField(default=dict)
    #: In plain words, when it failed.
    failure = models.TextField(default="", blank=True)

    @property
    def is_of_listings(self) -> bool:
        """Whether it brought listings and nothing else: they are brought up to date, not taken back."""
        tables = {file.table for file in self.files.all()}
        return tables == {Table.LISTINGS}


class Table(models.TextChoices):
    """What the rows of a file are."""

    LEADS = "LEADS", "people"
    ACTIVITIES = "ACTIVITIES", "activities"
    DEALS = "DEALS", "deals"
    LISTINGS = "LISTINGS", "listings"


class ImportFile(models.Model):
    """One file of an import and how far it has been read."""

    part_of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="files")
    #: Order of reading: people first, then what refers to them.
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    #: Where it lies, relative to LEADLIGHT_HOME.
    path = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    table = models.CharField(max_length=10, choices=Table)
    #: The mapping as TOML text (`intake.rules.mapping`), as it was when the import ran.
    mapping = models.TextField()
    n_rows = models.PositiveIntegerField(default=0)
    #: Rows done; written in the transaction that wrote them, so a killed import goes on right here.
    n_done = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part_of", "position"], name="intake_file_position")]


class RejectedRow(models.Model):
    """A row that could not be read, or not wholly; kept as it came, so that nothing is lost."""

    file = models.ForeignKey(ImportFile, on_delete=models.CASCADE, related_name="rejected")
    line = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    #: The row was stored all the same, without the value that the reason names.
    was_kept = models.BooleanField(default=False)
    cells = models.JSONField()


class LeadChange(models.Model):
    """What an import did to a lead, so that it can be undone exactly."""

    part_of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="changes")
    #: Not a foreign key: the change outlives a lead that an undo removed.
    lead_id = models.BigIntegerField()
    #: Field values before; null when this import created the lead.
    before = models.JSONField(null=True)
    after = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part_of", "lead_id"], name="intake_change_once")]
        indexes = [models.Index(fields=["lead_id"], name="intake_change_lead")]


class Sighting(models.Model):
    """
    Which leads one stored chunk of people told of, so that it is known later who no longer stands in an export.

    A row for each chunk and not for each lead: importing stays as fast, and an undo takes away the rows of its own
    import and leaves those of all others as they were.
    """

    part_of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="sightings")
    #: In order, each once. Not foreign keys: whoever reads them looks who is still here.
    lead_ids = models.JSONField()
