"""What the name of a column says: synonyms, opt-outs, and what fair housing forbids to keep. Pure."""

import re
import unicodedata
from functools import lru_cache

from rapidfuzz import fuzz, process

from leadlight.intake.rules.fields import ACTIVITIES, DEALS, LEADS, LISTINGS
from leadlight.intake.rules.listing_headers import LISTING_COLUMNS

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OTHER = re.compile(r"[^a-z0-9#%&+$]+")


@lru_cache(maxsize=8_192)
def words(header: str) -> tuple[str, ...]:
    """Return the words of a header in small letters without accents: "HasOptedOutOfEmail" is five words."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", header) if not unicodedata.combining(c))
    plain = re.sub(r"__[cr]$", "", plain.strip())
    found = _OTHER.sub(" ", _CAMEL.sub(" ", plain).lower().replace("ß", "ss")).split()
    return tuple(found)


def key(header: str) -> str:
    """Return the header as synonyms are compared: "Lead Source", "lead_source" and "LeadSource" are one."""
    return "".join(words(header))


# --- fair housing -----------------------------------------------------------------------------------------------

#: One of these words in a header is enough.
_DENIED_WORDS: dict[str, str] = {
    word: reason
    for reason, names in {
        "age": "birthdate birthday birth dob bday geburtsdatum geburtstag nacimiento naissance cumpleanos edad",
        "family": "child children kid kids son daughter dependents dependants pregnant pregnancy hijos "
        "kinder enfants "
        "spouse husband wife fiance fiancee spousepartnername spousename conyuge esposo esposa "
        "ehepartner familial",
        "marital status": "marital married divorced anniversary familienstand matrimonial "
        "relationshipstatus maritalstatus",
        "sex": "gender sex pronouns geschlecht genero sexe sexo salutation anrede transgender lgbt lgbtq",
        "religion": "religion religious faith church denomination konfession",
        "origin": "nationality ethnicity ethnic race racial citizenship immigration ancestry nacionalidad "
        "staatsangehorigkeit nationalite language languages sprache idioma langue speaks hslanguage",
        "disability": "disability disabled disabilities handicap handicapped wheelchair",
        "source of income": "voucher vouchers hcv welfare",
        "picture": "photo photos photourl avatar headshot selfie profilepicture",
        "neighbourhood figures": "census demographic demographics",
        "military": "veteran veterans military",
    }.items()
    for word in names.split()
}
#: All words of one of these groups, in any order.
_DENIED_PHRASES: tuple[tuple[frozenset[str], str], ...] = tuple(
    (frozenset(phrase.split()), reason)
    for phrase, reason in (
        ("date born", "age"),
        ("year born", "age"),
        ("age group", "age"),
        ("age range", "age"),
        ("age bracket", "age"),
        ("family size", "family"),
        ("household size", "family"),
        ("family status", "family"),
        ("partner name", "family"),
        ("domestic partner", "family"),
        ("life partner", "family"),
        ("relationship status", "marital status"),
        ("civil status", "marital status"),
        ("estado civil", "marital status"),
        ("sexual orientation", "sex"),
        ("national origin", "origin"),
        ("country origin", "origin"),
        ("immigrant status", "origin"),
        ("visa status", "origin"),
        ("native tongue", "origin"),
        ("mother tongue", "origin"),
        ("service animal", "disability"),
        ("support animal", "disability"),
        ("section 8", "source of income"),
        ("source income", "source of income"),
        ("public assistance", "source of income"),
        ("profile picture", "picture"),
        ("profile image", "picture"),
        ("school district", "schools"),
        ("school rating", "schools"),
        ("elementary school", "schools"),
        ("middle school", "schools"),
        ("high school", "schools"),
        ("social security", "too private to keep"),
        ("credit card", "too private to keep"),
        ("driver license", "too private to keep"),
        ("drivers license", "too private to keep"),
    )
)
_SECRET = {"ssn": "too private to keep", "passport": "too private to keep", "password": "too private to keep"}
#: A home, record or account has an age that says nothing of the person.
_AGE_OF_THINGS = frozenset(
    ["lead", "property", "home", "house", "listing", "building", "roof", "account", "record", "deal",
     "days", "in", "stage", "contact", "domain", "data", "of", "task", "day", "pipeline"]
)  # fmt: skip
#: "Home anniversary" is the day a deal closed; "race" of cars and sons of companies do not come up in a CRM.
_ANNIVERSARY_OF_THINGS = frozenset(
    ["home", "closing", "close", "purchase", "move", "loan", "account", "contract", "transaction"]
)


@lru_cache(maxsize=8_192)
def denied(header: str) -> str:
    """Return why a column must be left out, by its name alone; "" when it may be kept."""
    found = words(header)
    joined = "".join(found)
    for word in (*found, joined):
        reason = _SECRET.get(word) or _DENIED_WORDS.get(word, "")
        if not reason or (word == "anniversary" and _ANNIVERSARY_OF_THINGS & set(found)):
            continue
        return reason
    if ("age" in found or found == ("alter",)) and not _AGE_OF_THINGS & set(found):
        return "age"
    have = set(found)
    return next((reason for phrase, reason in _DENIED_PHRASES if phrase <= have), "")


# --- opt-outs ---------------------------------------------------------------------------------------------------

_CONSENT = re.compile(
    r"\b(?:receive|receives|subscribed|subscribe|opt(?:ed)? ?in|optin|consent|consented|allow|allowed|may "
    r"we|can we|"
    r"ok to|okay to|agree|agrees|permission|wants?|updates?|newsletter|marketing contact status)\b"
)
_NEGATIVE = re.compile(
    r"\b(?:do not|don t|dont|no|not|never|opt(?:ed)? "
    r"?out|optout|optedout|unsub\w*|dnc|dne|block(?:ed|list)?|stop|bounced?|"
    r"suppress\w*|hasoptedout\w*|abgemeldet|keine|nicht|baja)\b"
)
_EMAIL = re.compile(r"\b(?:e ?mails?|mails?|mailing|correo|marketing emails?)\b")
_CALL = re.compile(r"\b(?:calls?|calling|phone|telephone|dnc|anrufe?|llamar)\b")
_TEXT = re.compile(r"\b(?:texts?|texting|sms)\b")
_ABOUT = re.compile(
    r"\b(?:call|calls|calling|phone|e ?mails?|mail|mailing|texts?|texting|sms|contact(?:ed)?|solicit\w*|"
    r"market\w*|unsub\w*|opt(?:ed)? ?out|optout|dnc|dne|bounced?|suppress\w*|abgemeldet|baja|anrufe?)\b"
)
#: Words about a number or a moment of something else: "No. of calls", "Email bounce rate", "Not called since".
_COUNTS = re.compile(
    r"\b(?:number|count|counts|rate|total|num|of calls|of emails|since|last|attempts?|reasons?|source|id|no of|"
    r"answer|response|reply|show)\b|#"
)


@lru_cache(maxsize=8_192)
def closes(header: str) -> str:
    """
    Return the field of a column that closes a channel when it says yes; "" for any other.

    "Receive marketing" is no such column: its yes allows.
    """
    text = " ".join(words(header))
    if not _NEGATIVE.search(text) or not _ABOUT.search(text):
        return ""
    bounced = re.search(r"\b(?:bounced?)\b", text)
    if (
        bounced
        and (not _COUNTS.search(text) or "reason" in text)
        and not re.search(r"\brate\b|\bcount\b|\bnumber\b", text)
    ):
        return "email_bounced"
    if _COUNTS.search(text) or (
        _CONSENT.search(text) and not re.search(r"\b(?:do not|dont|opt(?:ed)? ?out|optout|unsub\w*)\b", text)
    ):
        return ""
    if "fax" in text.split():
        return "ignored"
    if _TEXT.search(text):
        return "do_not_text"
    if _EMAIL.search(text) or "unsub" in text or "dne" in text.split() or "abgemeldet" in text:
        return "do_not_email"
    if _CALL.search(text):
        return "do_not_call"
    return "do_not_contact"


@lru_cache(maxsize=8_192)
def allows(header: str) -> bool:
    """Say whether the column's yes allows messages: it is kept as it stands and closes nothing."""
    return not closes(header) and bool(_CONSENT.search(" ".join(words(header))))


# --- synonyms ---------------------------------------------------------------------------------------------------

_PEOPLE_AND_ACTIVITIES = {
    "lead_id": "leadid personid contactid recordid prospectid customerid clientid peopleid leadrecordid mqlid whoid",
    "email": "email emails emailaddress emailaddresses mail emailadresse correo correoelectronico "
    "courriel primaryemail "
    "workemail personalemail email1 email2 email3 secondaryemail emailaddress1 leademail contactemail "
    "otheremail homeemail",
    "phone": "phone phones phonenumber phonenumbers telephone tel telefon telefono telephonenumber "
    "mobile mobilephone "
    "mobilenumber cell cellphone cellnumber handy handynummer movil celular portable phone1 phone2 "
    "phone3 homephone workphone "
    "otherphone primaryphone contactnumber telefonnummer mobiltelefon leadphone rufnummer",
    "name": "name fullname contactname leadname clientname customername personname nombrecompleto "
    "vollstandigername "
    "nomcomplet nameofclient contact client",
    "owner": "owner assignedto agent agentname leadowner contactowner assignedagent assigneduser "
    "salesrep rep hubspotownerid "
    "ownerid betreuer agente dealowner opportunityowner realtor listingagent user username assigned "
    "createdby loggedby",
    "budget": "budget pricerange maxprice maximumprice priceto maxbudget desiredprice presupuesto "
    "preisrahmen budgetmax "
    "pricepoint targetprice",
    "timeframe": "timeframe timeline buyingtimeframe sellingtimeframe movetimeframe moveintimeframe "
    "zeitrahmen plazo whenmove "
    "purchasetimeframe movingtimeframe buyingtimeline howsoon whenareyoulookingtomove lookingtomove timeframetobuy "
    "timeframetosell timeframetomove timelinetobuy timelinetosell whenareyoulookingtobuy whendoyouwanttomove",
    "financing": "financing financingstatus mortgagestatus preapproved preapproval preapprovalstatus "
    "prequalified finanzierung "
    "lenderstatus loanstatus paymentmethod cashbuyer financiacion mortgagepreapproved",
    "property_type": "propertytype hometype typeofhome typeofproperty desiredpropertytype objektart "
    "immobilientyp "
    "tipodepropiedad propertyinterest housetype",
    "area": "areaofinterest areasofinterest interestedarea desiredarea desiredcity preferredarea "
    "preferredcity "
    "preferredlocation desiredlocation searchcity searcharea locationofinterest cityofinterest "
    "citiesofinterest wunschort zona "
    "zonadeinteres neighborhood neighborhoodofinterest propertycity preferredneighborhood",
}
_BY_TABLE: dict[str, dict[str, str]] = {
    LEADS: {
        **_PEOPLE_AND_ACTIVITIES,
        "lead_id": _PEOPLE_AND_ACTIVITIES["lead_id"] + " id externalid crmid uuid guid kundennummer",
        "first_name": "firstname first fname givenname forename vorname nombre prenom",
        "last_name": "lastname last lname surname familyname nachname apellido apellidos nom",
        "kind": "leadtype contacttype buyerseller buyerorseller clienttype intent type lookingto",
        "source": "source leadsource leadsources origin originalsource camefrom howdidyouhear "
        "howdidyouhearaboutus channel "
        "quelle herkunft fuente origen origine referralsource utmsource trafficsource leadorigin hearaboutus",
        "stage": "stage leadstage status leadstatus lifecyclestage pipelinestage contactstage estado "
        "etapa phase statut "
        "leadstate pipeline disposition",
        "contacted_at": "created createdat createddate createdate creationdate dateadded added addedon "
        "datecreated createdon "
        "leadcreated leaddate firstcontact firstcontactdate dateofinquiry inquirydate leadcreateddate "
        "receivedat datereceived "
        "registrationdate registered registeredon signupdate angelegtam erstelltam fechadecreacion "
        "datedecreation firstcontacted "
        "createtime createdtime timestamp date firstinquiry eingangsdatum erstkontakt",
        "tags": "tags tag labels groups etiquetas schlagworte",
        "message": "message inquiry inquirymessage firstmessage comments comment leadmessage question "
        "nachricht mensaje inquirytext",
        "appointment_at": "appointmentdate appointmentseton appointmentset dateofappointment appointment "
        "apptdate appointmentat "
        "termin appointmentbooked",
        "agreement_at": "agreementdate agreementsigned dateagreementsigned signeddate signedon contractsigned",
        "under_contract_at": "undercontractdate pendingdate undercontract contractdate acceptancedate",
        "closed_at": "closeddate closingdate closedate closedon dateclosed solddate saledate wondate "
        "wonon dealclosed",
        "lost_at": "lostdate datelost loston",
        "converted": "converted isconverted didconvert",
        "home": "city state zip zipcode postalcode country address street streetaddress mailingaddress "
        "homeaddress county "
        "stateregion province ort plz strasse ciudad direccion ville region mailingcity mailingstate "
        "mailingzip address1 address2 "
        "addressline1 homecity homestate homezip currentaddress countryregion stateprovince",
    },
    ACTIVITIES: {
        **_PEOPLE_AND_ACTIVITIES,
        "event_id": "id activityid eventid callid taskid emailid messageid engagementid uuid",
        "type": "type activitytype eventtype activity event action kind engagementtype typ tipo tasktype eventname",
        "direction": "direction calldirection emaildirection isincoming incoming inbound calltype "
        "richtung inoutbound inboundoutbound",
        "outcome": "outcome result callresult calloutcome disposition calldisposition meetingoutcome "
        "appointmentoutcome ergebnis",
        "occurred_at": "date datetime occurredat occurred timestamp time when activitydate eventdate "
        "happenedat eventtimestamp "
        "eventtime calldate sentat activitytime datum fecha startedat at dateandtime",
        "recorded_at": "created createdat createddate createdate recordedat loggedat dateadded datecreated createdon",
        "starts_at": "startdate start startsat starttime startdatetime appointmentdate appointmenttime "
        "meetingstarttime scheduledfor",
        "duration_seconds": "duration durationseconds durationinseconds callduration seconds "
        "calldurationinseconds length secondsspent",
        "duration_minutes": "minutes durationminutes durationinminutes callminutes",
        "listing": "listing listingid listingaddress property propertyaddress propertystreet mlsnumber "
        "mls mlsid "
        "propertymlsnumber propertyid listingkey homeaddress propertyurl",
        "price": "price propertyprice listprice listingprice amount value",
        "text": "message text body content note notes comments description subject emailbody details "
        "remarks emailsubject",
        "is_machine": "ismachine isbot bot machine machineopen isautomated",
    },
    DEALS: {
        "lead_id": _PEOPLE_AND_ACTIVITIES["lead_id"]
        + " associatedcontactids associatedcontactid associatedcontact buyerid "
        "primarycontactid contact1id",
        "event_id": "id dealid opportunityid transactionid recordid",
        "email": _PEOPLE_AND_ACTIVITIES["email"],
        "phone": _PEOPLE_AND_ACTIVITIES["phone"],
        "name": "contactname clientname personname",
        "owner": _PEOPLE_AND_ACTIVITIES["owner"],
        "stage": "stage dealstage status dealstatus opportunitystage stagename",
        "price": "price amount dealamount dealprice saleprice purchaseprice closeprice contractprice value",
        "listing": "listing property propertyaddress address listingaddress mlsnumber listingid",
        "recorded_at": "created createdat createddate createdate datecreated dateadded createdon",
        "appointment_at": "appointmentdate appointmentset",
        "agreement_at": "agreementdate agreementsigned buyeragreementdate listingagreementdate "
        "signeddate listingdate",
        "offer_at": "offerdate dateofoffer",
        "under_contract_at": "undercontractdate contractdate pendingdate mutualacceptancedate "
        "acceptancedate contractsigned",
        "closed_at": "closedate closeddate closingdate actualclosedate closedon dateclosed solddate wondate",
        "lost_at": "lostdate datelost",
        "stage_at": "stagechangedate laststagechangedate stagechanged stageentered datestagechanged "
        "enteredstageat stageenteredat",
        "ignored": "projectedclosedate expectedclosedate pipeline",
    },
    LISTINGS: LISTING_COLUMNS,
}
SYNONYMS: dict[str, dict[str, str]] = {
    table: {alias: field for field, aliases in fields.items() for alias in aliases.split()}
    for table, fields in _BY_TABLE.items()
}
_NUMBERED = re.compile(r"(.*?[a-z])\d+(?:value|address|number)?$|(.*?[a-z])\d*(?:value)$")
#: Columns of a phone or address that tell of it, not it.
_ABOUT_IT = frozenset(
    [
        "type",
        "status",
        "label",
        "opened",
        "clicked",
        "count",
        "score",
        "id",
        "valid",
        "verified",
        "source",
        "domain",
        "sent",
        "stage",
        "last",
        "lastsent",
    ]
)


@lru_cache(maxsize=8_192)
def by_name(header: str, table: str) -> str:
    """Return the field that a header names in that kind of table, exactly or with a slip of the pen; else ""."""
    known = SYNONYMS[table]
    plain = key(header)
    if plain in known:
        return known[plain]
    numbered = _NUMBERED.match(plain)
    if numbered and (numbered[1] or numbered[2]) in {
        "email",
        "phone",
        "mobile",
        "tag",
        "emailaddress",
        "phonenumber",
    }:
        return known.get(numbered[1] or numbered[2], "")
    # Names of the RESO dictionary are exact, and hundreds of them are alike.
    if table == LISTINGS or len(plain) < 6 or _ABOUT_IT & set(words(header)):
        return ""
    found = process.extractOne(
        plain, [alias for alias in known if len(alias) >= 6], scorer=fuzz.ratio, score_cutoff=90
    )
    return known[found[0]] if found else ""
