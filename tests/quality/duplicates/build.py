"""A small town of strangers, and the cases that a human settles at a glance."""

import random

import polars as pl

COLUMNS = ("First Name", "Last Name", "Email", "Phone", "Street Address", "Zip", "Date of Birth")
_GIVEN = (
    "Ada", "Ben", "Carla", "Dmitri", "Elena", "Fatima", "George", "Hannah", "Ivan", "Jing", "Karen", "Lars", "Mei",
    "Noor", "Olga", "Paul", "Quinn", "Rosa", "Sean", "Tariq", "Uma", "Viktor", "Wei", "Yusuf", "Zoe", "Amir",
    "Bruno", "Claire", "Derek", "Edith",
)  # fmt: skip
_SURNAME = (
    "Abbott", "Barnes", "Castillo", "Dawson", "Eriksen", "Fischer", "Grant", "Haddad", "Ito", "Jensen", "Kowalski",
    "Lindqvist", "Moreau", "Novak", "Okafor", "Petrov", "Quigley", "Rossi", "Sato", "Tanaka", "Ulrich", "Vargas",
    "Weber", "Xu", "Yilmaz", "Zimmer",
)  # fmt: skip
_STREET = ("Oak St", "Elm Ave", "Pine Rd", "Cedar Ln", "Birch Dr", "Walnut Ct")

#: Case → its records, in the order of COLUMNS.
CASES: dict[str, list[tuple[str | None, ...]]] = {
    "nickname": [
        ("Robert", "Keller", "rkeller@example.com", "(512) 555-0101", "9 Oak St", "62704", None),
        ("Bob", "Keller", None, "+1 512 555 0101", "9 Oak Street", "62704", None),
    ],
    "couple": [
        ("John", "Marsh", "marsh.family@example.com", "512-555-0102", "14 Elm Ave", "62704", None),
        ("Mary", "Marsh", "marsh.family@example.com", "512-555-0102", "14 Elm Ave", "62704", None),
    ],
    "father and son": [
        ("Carl", "Brandt", None, "512-555-0103", "20 Pine Rd", "62705", "1951-04-12"),
        ("Carl", "Brandt", None, "512-555-0103", "20 Pine Rd", "62705", "1984-09-30"),
    ],
    "senior and junior": [
        ("Hugo", "Stein Sr", None, "512-555-0104", "31 Cedar Ln", "62705", None),
        ("Hugo", "Stein Jr", None, "512-555-0104", "31 Cedar Ln", "62705", None),
    ],
    "twins": [
        ("Lena", "Okoro", None, "512-555-0105", "8 Birch Dr", "62706", "1990-02-03"),
        ("Marta", "Okoro", None, "512-555-0105", "8 Birch Dr", "62706", "1990-02-03"),
    ],
    "names exchanged": [
        ("Nadia", "Haugen", "nadia.haugen@example.com", None, None, "62706", None),
        ("Haugen", "Nadia", "nadia.haugen@example.com", None, None, "62706", None),
    ],
    "day and month exchanged": [
        ("Ingrid", "Falk", None, "512-555-0107", None, "62707", "1979-02-11"),
        ("Ingrid", "Falk", None, None, None, "62707", "1979-11-02"),
    ],
    "accents": [
        ("José", "Gärtner", "jose.g@example.com", None, None, None, None),
        ("Jose", "Gartner", "jose.g@example.com", None, "77 Walnut Ct", None, None),
    ],
    "equal": [("Petra", "Lund", "petra@example.com", None, None, None, None)] * 3,
    "placeholders": [
        ("Simon", "Ash", "none@none.com", "000-000-0000", None, None, None),
        ("Paula", "Reed", "none@none.com", "000-000-0000", None, None, None),
    ],
    "one building": [
        ("Vera", "Holm", "vera@example.com", None, "500 Main St", "62708", None),
        ("Oscar", "Diaz", "oscar@example.com", None, "500 Main St", "62708", None),
    ],
}  # fmt: skip


def town(n: int = 160) -> tuple[pl.DataFrame, dict[str, list[int]]]:
    """Return strangers, some with a second record, then the cases; and the rows of each case."""
    chance = random.Random(3)
    rows: list[tuple[str | None, ...]] = []
    while len(rows) < n:
        given, surname = chance.choice(_GIVEN), chance.choice(_SURNAME)
        born = f"{chance.randint(1940, 2004)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        phone = f"(214) {chance.randint(200, 999)}-{chance.randint(0, 9999):04}"
        street = f"{chance.randint(1, 900)} {chance.choice(_STREET)}"
        email = f"{given}.{surname}{chance.randint(1, 999)}@example.net".lower()
        one = (given, surname, email, phone, street, str(chance.randint(60001, 60040)), born)
        rows.append(one)
        if chance.random() < 0.25:
            rows.append(
                (
                    *one[:2],
                    email if chance.random() < 0.6 else None,
                    phone,
                    None,
                    one[5],
                    born if chance.random() < 0.6 else None,
                )
            )
    places = {}
    for case, records in CASES.items():
        places[case] = list(range(len(rows), len(rows) + len(records)))
        rows += records
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row"), places
