"""The words for what a column can hold, with the sentence that the mapping page shows."""

from dataclasses import dataclass

LEADS = "LEADS"
ACTIVITIES = "ACTIVITIES"
DEALS = "DEALS"
LISTINGS = "LISTINGS"
TABLES = (LEADS, ACTIVITIES, DEALS, LISTINGS)

_L, _A, _D, _H = (LEADS,), (ACTIVITIES,), (DEALS,), (LISTINGS,)
_ALL = (LEADS, ACTIVITIES, DEALS)
_EVENTS = (ACTIVITIES, DEALS)


@dataclass(frozen=True)
class Field:
    """One thing that a column can hold."""

    name: str
    #: Short, for a choice list.
    label: str
    sentence: str
    tables: tuple[str, ...]
    #: Whether several columns of one file may hold it.
    many: bool = False
    is_date: bool = False


_FIELDS = (
    Field("lead_id", "Person's id", "The id of the person in the system that the file comes from.", _ALL),
    Field("name", "Name", "The person's whole name.", _ALL),
    Field("first_name", "First name", "The first part of the name.", _L),
    Field("last_name", "Last name", "The last part of the name.", _L),
    Field("email", "Email", "Email addresses; a cell may hold several.", _ALL, many=True),
    Field("phone", "Phone", "Phone numbers; a cell may hold several.", _ALL, many=True),
    Field("kind", "Buyer or seller", "What the person is: buyer, seller, renter and so on.", _L),
    Field("source", "Source", "Where the lead came from.", _L),
    Field("owner", "Owner", "The agent whose lead, activity or deal it is.", _ALL),
    Field(
        "stage",
        "Stage",
        "Where the lead or deal stands; each stage is mapped to what it means.",
        (LEADS, DEALS),
        many=True,
    ),
    Field("contacted_at", "First contact", "When the lead first came in.", _L, is_date=True),
    Field("tags", "Tags", "Labels, separated by commas or semicolons.", _L, many=True),
    Field("budget", "Budget", "How much they want to spend.", (LEADS, ACTIVITIES)),
    Field("timeframe", "Time frame", "When they want to move.", (LEADS, ACTIVITIES)),
    Field(
        "financing", "Financing", "How they will pay: cash, pre-approved, looking for a lender.", (LEADS, ACTIVITIES)
    ),
    Field(
        "property_type",
        "Property type",
        "What kind of home they want, or it is.",
        (LEADS, ACTIVITIES, LISTINGS),
    ),
    Field(
        "area",
        "Area of interest",
        "Where they want to live, or where the listing is.",
        (LEADS, ACTIVITIES, LISTINGS),
        many=True,
    ),
    Field("message", "First message", "What they wrote when they first came in.", _L),
    Field("appointment_at", "Appointment on", "When an appointment was booked.", (LEADS, DEALS), is_date=True),
    Field("agreement_at", "Agreement on", "When they signed an agreement with us.", (LEADS, DEALS), is_date=True),
    Field("offer_at", "Offer on", "When an offer was made.", _D, is_date=True),
    Field("under_contract_at", "Under contract on", "When a home went under contract.", (LEADS, DEALS), is_date=True),
    Field(
        "closed_at",
        "Closed on",
        "When the deal closed; of an open deal it is only a plan and is passed over.",
        (LEADS, DEALS),
        is_date=True,
    ),
    Field("lost_at", "Lost on", "When the lead or deal was lost.", (LEADS, DEALS), is_date=True),
    Field("converted", "Final outcome", "Whether this lead converted, without a date: yes or no.", _L),
    Field("sequence", "Order in time", "A number by which rows follow each other in time.", _L),
    Field("do_not_contact", "Do not contact", "Closes every channel when it says yes.", _L, many=True),
    Field("do_not_email", "Do not email", "Closes email when it says yes or holds a date.", _L, many=True),
    Field("do_not_call", "Do not call", "Closes calls when it says yes or holds a date.", _L, many=True),
    Field("do_not_text", "Do not text", "Closes texts when it says yes or holds a date.", _L, many=True),
    Field(
        "email_bounced", "Email bounced", "Closes email when it says yes, or holds a date or a reason.", _L, many=True
    ),
    Field("home", "Where they live", "Kept for people to see; never scored (fair housing).", _L, many=True),
    Field("event_id", "Activity's or deal's id", "The id in the system that the file comes from.", _EVENTS),
    Field("type", "Type of activity", "What happened; each label is mapped to a word of the vocabulary.", _A),
    Field("direction", "Direction", "Whether they or we did it: inbound or outbound.", _A),
    Field("outcome", "Result", "What came of a call or an appointment.", _A, many=True),
    Field("occurred_at", "When", "When it happened, or was written down.", _A, is_date=True),
    Field("starts_at", "Starts", "When an appointment takes place.", _A, is_date=True),
    Field("recorded_at", "Recorded on", "When the system first knew of it.", _EVENTS, is_date=True),
    Field("stage_at", "Stage since", "When the deal came to its stage.", _D, is_date=True),
    Field("duration_seconds", "Seconds", "How long it took, in seconds or as minutes:seconds.", _A),
    Field("duration_minutes", "Minutes", "How long it took, in minutes.", _A),
    Field("duration_milliseconds", "Milliseconds", "How long it took, in thousandths of a second.", _A),
    Field("listing", "Listing", "The home it is about: an address or listing number.", _EVENTS, many=True),
    Field("price", "Price", "The listing's or deal's price.", _EVENTS),
    Field("text", "Text", "What was written.", _A, many=True),
    Field("is_machine", "By a machine", "Whether a scanner or bot did it: kept, and counts for nothing.", _A),
    Field("listing_key", "Listing's key", "What names the listing for good in its own system.", _H),
    Field("listing_id", "MLS number", "What people call the listing.", _H),
    Field("listing_system", "Listing's system", "Whose key it is: the MLS or feed.", _H),
    Field("standard_status", "Status", "Whether it is for sale: active, pending, closed and so on.", _H),
    Field("property_sub_type", "Sub-type", "What kind of home it is: single family, condominium and so on.", _H),
    Field("list_price", "Asking price", "What is asked; of a lease, a month's rent.", _H),
    Field("close_price", "Sold for", "What it sold for.", _H),
    Field("bedrooms_total", "Bedrooms", "How many bedrooms it has.", _H),
    Field("bathrooms_total", "Bathrooms", "How many bathrooms it has, halves and quarters as decimals.", _H),
    Field("bathrooms_full", "Full bathrooms", "How many of them are whole.", _H),
    Field("bathrooms_half", "Half bathrooms", "How many of them are half.", _H),
    Field("living_area", "Living area", "How large it is inside, in square feet unless units are told.", _H),
    Field("living_area_units", "Units of the area", "Square feet or square meters.", _H),
    Field("unparsed_address", "Address", "The address in one line.", _H),
    Field("street_number", "Street number", "The number of the house.", _H),
    Field("street_name", "Street name", "The name of the street.", _H),
    Field("street_suffix", "Street suffix", "Street, Avenue and so on.", _H),
    Field("unit_number", "Unit number", "The apartment or unit.", _H),
    Field("city", "City", "The city it is in.", _H),
    Field("state_or_province", "State", "The state or province.", _H),
    Field("postal_code", "Postal code", "The postal code.", _H),
    Field("listing_contract_date", "Listed on", "When the seller signed the listing.", _H, is_date=True),
    Field("on_market_date", "On the market since", "When it came on the market.", _H, is_date=True),
    Field("purchase_contract_date", "Sale agreed on", "When buyer and seller agreed.", _H, is_date=True),
    Field("close_date", "Sold on", "When the sale closed.", _H, is_date=True),
    Field("days_on_market", "Days on market", "How many days it was on the market.", _H),
    Field("open_house_starts_at", "Open house from", "When the next open house begins.", _H, is_date=True),
    Field("open_house_ends_at", "Open house until", "When the next open house ends.", _H, is_date=True),
    Field(
        "internet_entire_listing_display", "May be shown", "Whether the seller allows it on the Internet at all.", _H
    ),
    Field("internet_address_display", "Address may be shown", "Whether the seller allows its address.", _H),
    Field("public_remarks", "Description", "What the listing says of the home.", _H),
    Field("url", "Page", "Where the listing is on the web.", _H),
    Field("photo_url", "Picture", "Where its first picture is.", _H),
    Field("modified_at", "Modified on", "When its source last changed it: the newest wins.", _H, is_date=True),
    Field("price_changed_at", "Price since", "When the asking price last changed.", _H, is_date=True),
    Field("status_changed_at", "Status since", "When the status last changed.", _H, is_date=True),
    Field("attribute", "Own column", "Leadlight has no word for it: kept under its own name.", _L, many=True),
    Field(
        "left_out",
        "Left out",
        "Not stored: fair housing forbids using it, or it is too private to keep.",
        TABLES,
        many=True,
    ),
    Field("ignored", "Passed over", "Not stored.", TABLES, many=True),
)

#: Every word that `Column.field` can be, in the order of the choice list.
FIELDS: dict[str, Field] = {field.name: field for field in _FIELDS}

#: Field that closes a channel → channel and reason, words of the consent room.
CLOSES: dict[str, tuple[str, str]] = {
    "do_not_contact": ("ALL", "OPTED_OUT"),
    "do_not_email": ("EMAIL", "OPTED_OUT"),
    "do_not_call": ("CALL", "DO_NOT_CALL"),
    "do_not_text": ("SMS", "OPTED_OUT"),
    "email_bounced": ("EMAIL", "BOUNCED"),
}

#: Date field → the outcome it tells of.
OUTCOME_OF: dict[str, str] = {
    "appointment_at": "appointment_booked",
    "agreement_at": "agreement_signed",
    "offer_at": "offer_made",
    "under_contract_at": "under_contract",
    "closed_at": "closed",
    "lost_at": "lost",
}
