"""The pages of importing, without JavaScript: files, what is what, ten people, import, result, undo."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from leadlight.accounts.models import Role, User
from leadlight.intake.models import Import, ImportFile, ImportStatus
from leadlight.intake.rules.mapping import from_toml
from leadlight.jobs.worker import run_due
from leadlight.leads.models import Lead
from tests.intake.helpers import NOW, activities, bring, people

pytestmark = pytest.mark.django_db

ROWS = (
    "1,2024-03-01 10:00,Ann,Lee,Lead,Zillow,Dana Ruiz,ann@example.com,(813) 555-0142,450000,Buyer,1980-01-01,no,2",
    "2,2024-03-02 11:00,<b>Bob</b>,Ray,Trash,Facebook,Dana Ruiz,bob@example.com,(813) 555-0143,,,,yes,",
    "3,2024-03-03 11:00,Cy,Doe,Zorblax,Facebook,,cy@example.com,,,,,,",
)


def user(role: Role) -> User:
    return User.objects.create_user(f"{role.lower()}@example.com", "pass-word-123", name="Dana Ruiz", role=role)


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(user(Role.OWNER))
    return client


def send(client: Client, *files: tuple[str, str]) -> Import:
    answer = client.post(
        reverse("intake:upload"), {"files": [SimpleUploadedFile(name, text.encode()) for name, text in files]}
    )
    assert answer.status_code == 302, answer.content.decode()
    return Import.objects.latest("pk")


def page(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(f"intake:{name}", args=args))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "style=" not in text
    assert "<script>" not in text
    return text


def test_from_files_to_result_and_back(owner: Client) -> None:
    assert "up to 2 GB" in page(owner, "upload")
    part_of = send(
        owner,
        ("people.csv", people(*ROWS)),
        ("acts.csv", activities("a1,1,Viewed Property,2024-03-04 10:00,,12 Elm St,4")),
    )

    shown = page(owner, "mapping", part_of.pk)
    assert "Import 3 people from people.csv" in shown
    assert "looks like Follow Up Boss people" in shown
    assert shown.index("Zorblax") < shown.index("Trash</span>"), "what nobody has said stands first"
    assert "1 stage is unknown" in shown
    assert "1 of the 3 looked at are marked do-not-contact" in shown
    assert "How did these people come?" in shown

    address = reverse("intake:mapping", args=[part_of.pk])
    refused = owner.post(address, {"go": "1"})
    assert refused.status_code == 400
    assert "Say how these people came" in refused.content.decode()

    file = part_of.files.get(name="people.csv")
    stage = re.search(r'name="(0-stage-\d+)" aria-label="Zorblax', shown)
    assert stage
    places = {column.name: place for place, column in enumerate(from_toml(file.mapping).columns)}
    chosen = {
        stage[1]: "lost",
        f"0-column-{places['Pets']}": "ignored",
        "came": "OPEN_HOUSE",
        "exported_at": "2025-02-01",
        "go": "1",
    }
    answer = owner.post(address, chosen)
    assert answer["Location"] == reverse("intake:preview", args=[part_of.pk])
    part_of.refresh_from_db()
    assert (part_of.provenance, f"{part_of.exported_at:%Y-%m-%d}") == ("OPEN_HOUSE", "2025-02-01")

    ten = page(owner, "preview", part_of.pk)
    assert "Ann Lee" in ten
    assert "<b>Bob" not in ten
    assert "do not contact" in ten
    assert owner.post(reverse("intake:start", args=[part_of.pk]))["Location"] == reverse(
        "intake:progress", args=[part_of.pk]
    )

    waiting = page(owner, "progress", part_of.pk)
    assert "0</strong> of 4 rows" in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    part = owner.get(reverse("intake:progress", args=[part_of.pk]), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'hx-trigger="every 1s"' in part
    assert not Lead.objects.exists(), "the ledger's worker imports, not the page"

    while run_due():
        pass
    done = owner.get(reverse("intake:progress", args=[part_of.pk]), headers={"HX-Request": "true"})
    assert done["HX-Redirect"] == reverse("intake:result", args=[part_of.pk])
    result = page(owner, "result", part_of.pk)
    assert "Train the model" in result
    assert "Birthday, dropped unread" in result
    assert Lead.objects.get(external_id="3").stage_meaning == "lost"
    assert Lead.objects.get(external_id="1").attributes == {}

    assert "people.csv, acts.csv" in page(owner, "list")
    owner.post(reverse("intake:undo", args=[part_of.pk]))
    while run_due():
        pass
    assert "People removed</dt><dd>3" in page(owner, "result", part_of.pk)
    assert not Lead.objects.exists()


def test_what_cannot_be_read_is_said_on_the_same_page(owner: Client) -> None:
    answer = owner.post(reverse("intake:upload"), {"files": [SimpleUploadedFile("x.csv", b"")]})
    assert answer.status_code == 400
    assert "empty" in answer.content.decode()
    assert owner.post(reverse("intake:upload")).status_code == 400
    assert not Import.objects.exists()


def test_another_kind_of_rows_is_guessed_anew(owner: Client) -> None:
    part_of = send(owner, ("acts.csv", activities("a1,1,Viewed Property,2024-03-04 10:00,,12 Elm St,4")))
    assert part_of.files.get().table == "ACTIVITIES"
    owner.post(reverse("intake:mapping", args=[part_of.pk]), {"0-table": "LEADS", "again": "1"})
    file = part_of.files.get()
    assert file.table == from_toml(file.mapping).table == "LEADS"
    assert "How did these people come?" in page(owner, "mapping", part_of.pk)


def test_the_mapping_and_the_bad_rows_can_be_kept(owner: Client) -> None:
    part_of = bring(people(*ROWS, ",2024-03-01,,,Lead,,,,,,,,,"))
    toml = owner.get(reverse("intake:mapping_toml", args=[part_of.pk, 0]))
    assert from_toml(toml.content.decode()).system == "followupboss"
    answer = owner.get(reverse("intake:rejected", args=[part_of.pk]))
    assert b"file0.csv,5,no" in b"".join(answer)


def test_files_can_be_thrown_away_before_the_start(owner: Client) -> None:
    part_of = send(owner, ("people.csv", people(*ROWS)))
    owner.post(reverse("intake:discard", args=[part_of.pk]))
    assert not Import.objects.exists()
    assert "Nothing was imported yet" in page(owner, "list")


def test_a_failed_import_offers_to_try_again(owner: Client) -> None:
    part_of = bring(people(*ROWS))
    Import.objects.filter(pk=part_of.pk).update(status=ImportStatus.FAILED, failure="The disk is full.")
    shown = page(owner, "result", part_of.pk)
    assert "The disk is full." in shown
    assert "Try again" in shown


@pytest.mark.parametrize("role", [Role.AGENT, Role.ANALYST])
def test_only_those_who_may_import_see_or_change_anything(client: Client, role: Role) -> None:
    part_of = bring(people(*ROWS))
    before = ImportFile.objects.get().mapping
    client.force_login(user(role))
    for name in ("list", "upload"):
        answer = client.get(reverse(f"intake:{name}"))
        assert answer.status_code == 403
        assert "Only owners and lead managers import" in answer.content.decode()
    for name in ("mapping", "preview", "progress", "result", "rejected"):
        assert client.get(reverse(f"intake:{name}", args=[part_of.pk])).status_code == 403
    for name in ("start", "undo", "discard", "mapping"):
        assert client.post(reverse(f"intake:{name}", args=[part_of.pk])).status_code == 403
    assert client.get(reverse("intake:mapping_toml", args=[part_of.pk, 0])).status_code == 403
    part_of.refresh_from_db()
    assert part_of.status == ImportStatus.DONE
    assert ImportFile.objects.get().mapping == before


def test_changes_need_post_and_the_token(client: Client) -> None:
    part_of = bring(people(*ROWS))
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user(Role.OWNER))
    for name in ("start", "undo", "discard"):
        assert strict.get(reverse(f"intake:{name}", args=[part_of.pk])).status_code == 405
        assert strict.post(reverse(f"intake:{name}", args=[part_of.pk])).status_code == 403
    assert strict.post(reverse("intake:upload"), {"files": []}).status_code == 403


def test_the_list_of_imports_takes_a_fixed_number_of_queries(owner: Client, django_assert_num_queries) -> None:
    for n in range(3):
        bring(people(ROWS[n % 3]), exported_at=NOW)
    with django_assert_num_queries(6):
        owner.get(reverse("intake:list"))
