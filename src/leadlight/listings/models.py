"""About what: listings, how they changed, and what people search for."""

from django.db import models
from django.db.models import Q

from leadlight.leads.models import Lead
from leadlight.listings.rules.facts import LONGEST
from leadlight.listings.rules.history import ChangeKind
from leadlight.listings.rules.vocabulary import Status, words_of


def _text(name: str) -> "models.CharField[str, str]":
    return models.CharField(max_length=LONGEST[name], default="", blank=True)


class Listing(models.Model):
    """
    A home on offer, or that was, as its source tells of it; only `operations.store_listings` writes it.

    Fields bear the names of the RESO Data Dictionary 2.0 in small letters: `ListPrice` is `list_price`, `CloseDate`
    is `close_date`. What differs: `system` is `OriginatingSystemName`, or `SourceSystemName`, or the feed's own name;
    `bathrooms_total` is `BathroomsTotalInteger` or a decimal with half and quarter baths; `living_area` is in square
    feet whatever `LivingAreaUnits` said; `area` is the first that is told of `MLSAreaMajor` and `SubdivisionName`,
    else the city, else the postal code; `open_house_starts_at` and `…_ends_at` are `OpenHouseStartTime` and
    `OpenHouseEndTime` of the next one; `internet_entire_listing_display` and `internet_address_display` are the
    flags that end in YN; `photo_url` is a `MediaURL`; `modified_at` is `ModificationTimestamp`, else the moment of
    the export.
    """

    system = models.CharField(max_length=80)
    listing_key = models.CharField(max_length=255)
    #: What people call it: the MLS number.
    listing_id = _text("listing_id")
    standard_status = models.CharField(
        max_length=20, choices=[(status.value, words_of(status).capitalize()) for status in Status]
    )
    property_type = _text("property_type")
    property_sub_type = _text("property_sub_type")
    #: Of a lease: a month's rent.
    list_price = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    close_price = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    bedrooms_total = models.PositiveIntegerField(null=True)
    bathrooms_total = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    living_area = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    unparsed_address = _text("unparsed_address")
    street_number = _text("street_number")
    street_name = _text("street_name")
    street_suffix = _text("street_suffix")
    unit_number = _text("unit_number")
    city = _text("city")
    state_or_province = _text("state_or_province")
    postal_code = _text("postal_code")
    area = _text("area")
    listing_contract_date = models.DateField(null=True)
    on_market_date = models.DateField(null=True)
    purchase_contract_date = models.DateField(null=True)
    close_date = models.DateField(null=True)
    days_on_market = models.PositiveIntegerField(null=True)
    open_house_starts_at = models.DateTimeField(null=True)
    open_house_ends_at = models.DateTimeField(null=True)
    #: What the seller allows; empty where the feed says neither.
    internet_entire_listing_display = models.BooleanField(null=True)
    internet_address_display = models.BooleanField(null=True)
    public_remarks = models.TextField(default="", blank=True)
    url = _text("url")
    photo_url = _text("photo_url")
    #: The source's own moment of the newest state that it told: what is older changes nothing.
    modified_at = models.DateTimeField()
    #: Folded, as needs name places.
    area_key = models.CharField(max_length=200, default="", blank=True)
    city_key = models.CharField(max_length=200, default="", blank=True)
    #: `rules.facts.Facts.listed_on`: the newest on the market stands first.
    listed_on = models.DateField()

    class Meta:
        constraints = [
            # The key first: events name a listing by it alone.
            models.UniqueConstraint(fields=["listing_key", "system"], name="listings_listing_key"),
            models.CheckConstraint(
                condition=Q(list_price=None) | Q(list_price__gt=0), name="listings_listing_list_price"
            ),
            models.CheckConstraint(
                condition=Q(close_price=None) | Q(close_price__gt=0), name="listings_listing_close_price"
            ),
        ]
        indexes = [
            # In the order of `queries.matching`; few listings of a feed's history are still on offer.
            models.Index(fields=["standard_status", "-listed_on", "list_price"], name="listings_listing_newest"),
            models.Index(fields=["standard_status", "area_key", "list_price"], name="listings_listing_area"),
            models.Index(fields=["standard_status", "city_key", "list_price"], name="listings_listing_city"),
            models.Index(fields=["standard_status", "postal_code", "list_price"], name="listings_listing_postal"),
            models.Index(
                fields=["area", "close_date"],
                condition=Q(standard_status=Status.CLOSED.value),
                name="listings_listing_sold",
            ),
        ]

    def __str__(self) -> str:
        return self.unparsed_address or self.listing_id or self.listing_key


class ListingChange(models.Model):
    """
    Something of a listing that became another; the first row of each is that it appeared. Only ever added to.

    `old` and `new` are texts (`rules.history.text`): amounts plain, moments in ISO form, "" for none.
    """

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="changes", db_index=False)
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in ChangeKind])
    old = models.CharField(max_length=40, default="", blank=True)
    new = models.CharField(max_length=40, default="", blank=True)
    #: When it changed, as far as the source says.
    at = models.DateTimeField()
    #: The moment of the source's state that told of it: nobody could know before.
    known_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "known_at", "kind", "old", "new"], name="listings_listingchange_once"
            )
        ]
        indexes = [models.Index(fields=["known_at", "kind"], name="listings_listingchange_known")]


class SavedSearch(models.Model):
    """
    What somebody searches for again and again, and wants to hear of; in force while `ended_at` is empty.

    It belongs to the lead, as tasks and consents do: a merge brings it to the person kept, and its undoing back.
    """

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="saved_searches")
    #: As they call it.
    name = models.CharField(max_length=120, default="", blank=True)
    #: A need in the form of `rules.needs.criteria_of`.
    criteria = models.JSONField()
    saved_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "name"], condition=Q(ended_at=None), name="listings_savedsearch_one_of_a_name"
            )
        ]
        verbose_name_plural = "saved searches"

    def __str__(self) -> str:
        return self.name or f"Search {self.pk}"
