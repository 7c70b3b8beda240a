"""Who: the tables of persons, leads, their identities and sources."""

from django.conf import settings
from django.db import models


class State(models.TextChoices):
    """Where a lead stands, as far as its stage and dated outcomes say."""

    OPEN = "OPEN", "Open"
    BOOKED = "BOOKED", "Appointment booked"
    CLIENT = "CLIENT", "Client"
    CLOSED = "CLOSED", "Closed"
    LOST = "LOST", "Lost"


class Provenance(models.TextChoices):
    """How these people came to the team; decides later who may be contacted and how."""

    OWN_INQUIRY = "OWN_INQUIRY", "They asked us"
    PAST_CLIENT = "PAST_CLIENT", "Past clients"
    OPEN_HOUSE = "OPEN_HOUSE", "Open house"
    BOUGHT = "BOUGHT", "Bought list"
    UNKNOWN = "UNKNOWN", "Don't know"


class IdentityKind(models.TextChoices):
    """What names a person in the world outside."""

    EMAIL = "EMAIL", "E-mail"
    PHONE = "PHONE", "Phone"


class Channel(models.TextChoices):
    """The kinds of sources: the upper level of their tree."""

    PORTAL = "PORTAL", "Portals"
    SEARCH_ADS = "SEARCH_ADS", "Paid search"
    SOCIAL_ADS = "SOCIAL_ADS", "Paid social"
    SEARCH = "SEARCH", "Unpaid search"
    WEBSITE = "WEBSITE", "Own website"
    KNOWN = "KNOWN", "Referrals and past clients"
    IN_PERSON = "IN_PERSON", "Open houses, signs and calls"
    OTHER = "OTHER", "Other"


class Source(models.Model):
    """
    Where leads come from, by one of its names.

    A lead keeps for ever the name that it arrived with. Names that are one point at the one that is shown
    (`same_as`), so that joining them changes no lead, and is undone exactly; a person's source is always a shown one.
    """

    name = models.CharField(max_length=120, unique=True)
    channel = models.CharField(max_length=12, choices=Channel, default=Channel.OTHER, db_default=Channel.OTHER)
    same_as = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="also")
    #: Somebody said that it is no other's name: it is not asked about again.
    is_own = models.BooleanField(default=False, db_default=False)

    def __str__(self) -> str:
        return self.name


class SourceCost(models.Model):
    """What a source cost in a month; no row where nobody has said."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="costs")
    #: The first day of the month.
    month = models.DateField()
    amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "month"], name="leads_sourcecost_once"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="leads_sourcecost_not_negative"),
        ]


class PersonsHere(models.Manager["Person"]):
    """Persons but for those who went into another by a merge: nobody lists, counts or scores them."""

    def get_queryset(self) -> models.QuerySet["Person"]:
        """Return them."""
        return super().get_queryset().filter(merge=None)


class Person(models.Model):
    """
    Who we talk to.

    The fields are what the leads' survivor rule says (`rules.survivor`), kept here so that a list of 100,000
    people reads one row for each; only `operations.refresh_persons` writes them. What follows from events is
    written by the events room. Of who went into another person they are as they were then.
    """

    name = models.CharField(max_length=200, default="", blank=True)
    #: The name as lists sort it: folded, or whatever else names the person.
    name_key = models.CharField(max_length=80, default="", blank=True)
    email = models.CharField(max_length=254, default="", blank=True)
    phone = models.CharField(max_length=32, default="", blank=True)
    #: Folded name, e-mails, phone digits and city, for the search box.
    search_text = models.TextField(default="", blank=True)
    kind = models.CharField(max_length=24, default="", blank=True)
    source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    #: The owner's name, as the CRM gave it also when nobody of that name signs in here.
    owner_name = models.CharField(max_length=120, default="", blank=True)
    stage = models.CharField(max_length=120, default="", blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    first_contact_at = models.DateTimeField(null=True)
    #: The latest thing that the person did; what the team did does not count.
    active_at = models.DateTimeField(null=True)
    #: Their latest request that nobody has answered yet; empty when none waits.
    asked_at = models.DateTimeField(null=True)
    #: Which kind of request waits: the most pressing of those that do.
    asked_for = models.CharField(max_length=40, default="", blank=True)
    #: Since when they have waited for that answer.
    waiting_since = models.DateTimeField(null=True)
    #: Since when they stand on the call list; they are off it once somebody answers what they wait for.
    to_call_since = models.DateTimeField(null=True)
    #: By which they went into another person; empty for who is here.
    merge = models.ForeignKey("Merge", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    objects = PersonsHere()
    #: Those who went into another person too.
    everyone: models.Manager["Person"] = models.Manager()

    class Meta:
        indexes = [
            # Each ends with the merge, so that a walk over those who are here need not look at the rows.
            models.Index(fields=["active_at", "id", "merge"], name="leads_person_active"),
            models.Index(fields=["name_key", "id", "merge"], name="leads_person_name"),
            models.Index(fields=["first_contact_at", "id", "merge"], name="leads_person_first"),
            models.Index(fields=["state", "active_at", "merge"], name="leads_person_state"),
            models.Index(fields=["kind", "merge"], name="leads_person_kind"),
            models.Index(fields=["owner_name", "merge"], name="leads_person_owner_name"),
            # Few wait at any time.
            models.Index(fields=["asked_at"], name="leads_person_asked", condition=models.Q(asked_at__isnull=False)),
            models.Index(
                fields=["to_call_since"], name="leads_person_to_call", condition=models.Q(to_call_since__isnull=False)
            ),
            models.Index(fields=["merge"], name="leads_person_merge", condition=models.Q(merge__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.phone or f"Lead {self.pk}"


class Merge(models.Model):
    """
    Persons who were found to be one: those whose `Person.merge` this is went into the one kept.

    It is in force as long as somebody is gone by it. Whose lead is whose follows from all merges in force and from
    whom each lead arrived with, in whatever order merges come and go.
    """

    kept = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    #: Plain words: why they are one.
    reason = models.CharField(max_length=200, default="", blank=True)
    #: Empty when Leadlight found it by itself.
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True)


class Lead(models.Model):
    """A record of a person as one system gave it. A merge changes `person`, and nothing else of it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="leads")
    #: Which system the record comes from ("followupboss"), and its id there.
    system = models.CharField(max_length=40)
    external_id = models.CharField(max_length=200)
    name = models.CharField(max_length=200, default="", blank=True)
    kind = models.CharField(max_length=24, default="", blank=True)
    source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="+")
    #: The source exactly as it was written there.
    source_label = models.CharField(max_length=200, default="", blank=True)
    owner_name = models.CharField(max_length=120, default="", blank=True)
    #: To whom the person was given here: goes before the owner that the record names, until it names another.
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    stage = models.CharField(max_length=120, default="", blank=True)
    #: What the stage means: a word of `leads.rules.MEANINGS`, or empty when nobody has said.
    stage_meaning = models.CharField(max_length=24, default="", blank=True)
    #: An outcome given without a date: did this lead convert? Empty when the export holds none.
    converted = models.BooleanField(null=True)
    #: Place in time when the export has an order but no dates.
    sequence = models.FloatField(null=True)
    #: First contact, by the source's own clock; empty when the export does not say.
    contacted_at = models.DateTimeField(null=True)
    provenance = models.CharField(max_length=16, choices=Provenance, default=Provenance.UNKNOWN)
    #: Where they live, as told: for people to see, never a signal (fair housing).
    home = models.CharField(max_length=300, default="", blank=True)
    #: Where they said that they are: an IANA zone. Goes before what their number and their home tell.
    stated_zone = models.CharField(max_length=64, default="", db_default="", blank=True)
    tags = models.JSONField(default=list)
    #: Columns that Leadlight has no word for, by their own name.
    attributes = models.JSONField(default=dict)
    #: Fields that somebody changed by hand here: no import writes over them.
    edited_fields = models.JSONField(default=list)
    updated_at = models.DateTimeField()
    #: When a program or somebody of the team last told of this lead by itself; empty when only files did.
    told_at = models.DateTimeField(null=True)
    #: Who sent them to us: a person whom we know, or just the name that was told.
    referred_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    referred_by_name = models.CharField(max_length=200, default="", db_default="", blank=True)

    class Meta:
        # The id first: programs name a lead by it alone.
        constraints = [models.UniqueConstraint(fields=["external_id", "system"], name="leads_lead_external")]


class Identity(models.Model):
    """An e-mail address or phone number of a lead, normalised. Two leads may share one."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=8, choices=IdentityKind)
    value = models.CharField(max_length=254)
    #: 0 is the first that the source names.
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lead", "kind", "value"], name="leads_identity_once")]
        indexes = [models.Index(fields=["value", "kind"], name="leads_identity_value")]


class MovedLead(models.Model):
    """A lead that merges have brought to another person, with whom it arrived with; gone when it is back."""

    lead = models.OneToOneField(Lead, primary_key=True, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")


class KeptApart(models.Model):
    """
    Two leads of which somebody said that they are not the same person: nothing proposes or merges them.

    Of leads and not of persons, since those come and go with merges.
    """

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    #: The one that is stored later.
    other = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead", "other"], name="leads_kept_apart_once"),
            models.CheckConstraint(condition=models.Q(lead__lt=models.F("other")), name="leads_kept_apart_order"),
        ]


class HouseholdMember(models.Model):
    """
    A lead that lives with others, as records or somebody's word say; found anew, all of them make room.

    Of leads and not of persons, since those come and go with merges. Members of a household stay people of their
    own: nothing is counted, scored or told for all of them but that somebody wants to be left alone.
    """

    lead = models.OneToOneField(Lead, primary_key=True, on_delete=models.CASCADE, related_name="+")
    #: The least id among the leads of the household: a number that says who belongs together, and nothing else.
    household = models.BigIntegerField(db_index=True)


class SaidHousehold(models.Model):
    """Whom a lead lives with by what somebody said, whatever its records say."""

    lead = models.OneToOneField(Lead, primary_key=True, on_delete=models.CASCADE, related_name="+")
    #: Empty: with nobody whom we know.
    lives_with = models.ForeignKey(Lead, null=True, on_delete=models.CASCADE, related_name="+")
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    said_at = models.DateTimeField()
