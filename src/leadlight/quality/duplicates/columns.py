"""Which columns of any table tell who a person is, by their names and, where these are silent, their values. Pure."""

import re
from collections.abc import Mapping, Sequence

from leadlight.intake.rules.fields import LEADS
from leadlight.intake.rules.headers import by_name, key, words

from .errors import UnableToFindDuplicates

#: Field → headers that mean it, without spaces and signs.
_SYNONYMS: dict[str, str] = {
    "given": "givenname firstname forename fname first christianname vorname prenom nombre primernombre",
    "nickname": "nickname preferredname preferredfirstname goesby knownas rufname apodo",
    "surname": "surname lastname familyname lname last secondname nachname familienname apellido apellidos nom",
    "suffix": "suffix namesuffix generation generationsuffix",
    "name": "name fullname contactname leadname clientname customername personname nameofclient contact client "
    "nombrecompleto nomcomplet vollstandigername buyername sellername displayname",
    "number": "streetnumber streetno housenumber houseno hausnummer stnumber streetnum housenum numero",
    "street": "street streetname streetaddress address address1 addressline1 addressstreet addr addr1 mailingaddress "
    "mailingstreet homeaddress homestreet residentialaddress currentaddress address1street strasse direccion calle "
    "adresse rue",
    "line2": "address2 addressline2 addr2 address3 mailingaddress2",
    "unit": "unit unitnumber unitno apt aptnumber aptno apartment apartmentnumber suite suitenumber flat",
    "city": "city suburb town locality municipality ort stadt wohnort ciudad ville mailingcity homecity",
    "postcode": "postcode postalcode zip zipcode zip5 plz codigopostal codepostal mailingzip homezip mailingpostcode "
    "mailingpostalcode postleitzahl",
    "state": "state stateprovince province region county stateregion mailingstate homestate bundesland",
    "born": "dob dateofbirth birthdate birthday birth born bday birthdt geburtsdatum geburtstag fechadenacimiento "
    "fechanacimiento datedenaissance datenaissance",
    "id": "ssn socialsecurity socialsecuritynumber socsecid socsecno socsec ssnumber sin nino "
    "nationalinsurancenumber nationalid nationalidnumber taxid taxpayerid taxnumber tin "
    "passport passportnumber passportno driverslicense "
    "driverlicense driverslicensenumber driverlicensenumber driverlicence driverslicence licensenumber nhsnumber "
    "medicarenumber dni curp personalausweis",
}
FIELD_OF = {alias: field for field, aliases in _SYNONYMS.items() for alias in aliases.split()}
#: Fields of which a person may have several, one a column.
SEVERAL = frozenset({"email", "phone"})
#: Another person's name, number or address in the same row.
_SOMEBODY_ELSE = frozenset(
    ["agent", "owner", "spouse", "partner", "assigned", "assignee", "referrer", "referral", "referred", "lender",
     "co", "emergency", "user", "rep", "manager", "company", "employer", "business", "office", "father", "mother",
     "parent", "property", "listing", "desired", "preferred", "interest", "sender", "team", "broker", "created",
     "modified", "updated", "opened", "brokerage", "organization", "organisation", "account"]
)  # fmt: skip
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[\d\s().\-/]{7,20}(?:\s*(?:x|ext\.?)\s*\d+)?", re.IGNORECASE)
_TYPICAL = 0.6

Columns = Mapping[str, tuple[str, ...]]


def field_of(header: str) -> str:
    """Return the field that a header names, "" when it names none that tells who a person is."""
    found = words(header)
    plain = key(header).replace("#", "")
    if plain in ("preferredname", "preferredfirstname"):
        return "nickname"
    if set(found) & _SOMEBODY_ELSE:
        return ""
    if plain in FIELD_OF:
        return FIELD_OF[plain]
    meant = by_name(header, LEADS)
    if meant in ("email", "phone"):
        return meant
    return {"first_name": "given", "last_name": "surname", "name": "name"}.get(meant, "")


def field_of_values(header: str, values: Sequence[str]) -> str:
    """
    Return "email" or "phone" when most of a column's filled values are such; else "".

    Bare digits are ids, prices or dates as often as phones, so a phone must be written as people write one.
    """
    if not values or set(words(header)) & _SOMEBODY_ELSE:
        return ""
    n_least = _TYPICAL * len(values)
    if sum(bool(_EMAIL.fullmatch(value)) for value in values) >= n_least:
        return "email"
    written = [value for value in values if _PHONE.fullmatch(value) and re.search(r"[()+]|\d[-. ]\d{3}[-. ]", value)]
    return "phone" if sum(10 <= sum(map(str.isdigit, value)) <= 15 for value in written) >= n_least else ""


def recognise(filled: Mapping[str, Sequence[str]]) -> Columns:
    """
    Return field → columns, from every column's name and some of its filled values.

    A field of one column takes that with most different values of those that mean it, of equals the first by name.

    Raises:
        UnableToFindDuplicates: nothing that tells one person from another is among the columns.
    """
    found: dict[str, list[str]] = {}
    for column, values in filled.items():
        field = field_of(column)
        if field in ("", "name"):
            # "Contact" is a name in one table and a phone number in the next.
            field = field_of_values(column, values) or field
        if field:
            found.setdefault(field, []).append(column)
    columns = {
        field: tuple(sorted(names))
        if field in SEVERAL
        else (min(names, key=lambda name: (-len(filled[name]), name)),)
        for field, names in found.items()
    }
    if not {"email", "phone", "id", "name", "surname", "given"} & columns.keys():
        raise UnableToFindDuplicates(
            "Nothing in this table tells one person from another: it has no column of names, e-mail addresses, phone "
            f"numbers or personal ids. Its columns are {', '.join(filled) or 'none'}. Rename one of them, for "
            'example to "name", "email" or "phone".'
        )
    return columns
