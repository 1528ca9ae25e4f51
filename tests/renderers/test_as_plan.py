"""plan.html: a letter that says what goes, what stays, why and until when, and that no value can break."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import unescape
from typing import Any

import pytest

from dsar.config import Config, parse
from dsar.errors import DsarError
from dsar.model import ErasurePlan, ErasureStep, Outcome, Reason, Recipient
from dsar.renderers.as_plan import render_plan
from dsar.renderers.plan_words import Words, words

from .test_html import Structure as Page

HOSTILE = "\"><script>alert(1)</script>\u202eevil {record} `x` <b>\x00\udce9'"
CONFIG = parse(
    Config,
    {
        "controller": {"name": "Example GmbH"},
        "target": {
            "crm_db": {"dialect": "postgresql", "title": "CRM database"},
            "support_db": {"dialect": "sqlite"},
        },
    },
    where="test",
)
GONE = Reason("Art. 17(1)(a)", "The data are no longer needed for their purposes.")
KEPT = Reason("Art. 17(3)(b)", "The law requires keeping it: 10 years.", "AO §147", "2035-12-31")


@dataclass(frozen=True)
class Seen:
    """A rehearsal as `erasure` would hand it over."""

    target: str
    table: str
    rows: int
    planned: int
    changed: int
    problems: tuple[str, ...] = ()
    sampled: int = 0

    @property
    def passed(self) -> bool:
        return not self.problems


def step(place: str, key: str, outcome: Outcome, reason: Reason = GONE, **more: Any) -> ErasureStep:
    source, _, collection = place.partition("/")
    return ErasureStep(f"{place}/{key}", source, collection, key, outcome, reason, **more)


def plan(*steps: ErasureStep, **more: Any) -> ErasurePlan:
    given: dict[str, Any] = {"recipients": (), "out_of_scope": (), "digest": "d1" * 32, **more}
    return ErasurePlan("R-7", "2026-11-22T12:00:00+01:00", steps, **given)


SCRIPT: dict[str, Any] = {"target": "crm_db", "statement": "DELETE FROM crm.contacts WHERE id = 'SECRET'"}
FULL = plan(
    step("crm/contacts", "C1", "delete", **SCRIPT),
    step("crm/contacts", "C2", "delete", **SCRIPT),
    step("crm/contacts", "C3", "anonymise", **SCRIPT),
    step("shop/orders", "O1", "keep", KEPT),
    step("shop/orders", "O2", "keep", replace(KEPT, until="2030-12-31")),
    step("shop/orders", "O3", "restrict", replace(KEPT, until=None), fields=(("Phone", "anonymise"),)),
    step("web/requests", "access.log:4", "delete", target="file:logs/access.log", statement="remove line 4"),
    step("leads/people", "L9", "delete", target="api:leads", statement="DELETE https://api.example.org/people/L9"),
    step("letters/paper", "P1", "delete", replace(GONE, text="By hand: shred the folder.")),
    recipients=(Recipient("Example Partner Inc.", "distributor", "US", "every row of crm/contacts"),),
    out_of_scope=(("Backups", "older copies; the last copy expires by 2026-12-27"),),
    notes=("2 record(s) are probable or possible and not in the plan; decide them first.",),
)
TRIED = (Seen("crm_db", "crm.contacts", 1200, 3, 3),)


def rendered(made: ErasurePlan = FULL, tried: tuple[Seen, ...] = TRIED) -> str:
    return render_plan(made, CONFIG, tried).decode("utf-8")


def plain(markup: str) -> str:
    """The words of some markup, on one line."""
    joined = re.sub(r'</?(?:bdi|code|wbr|b)>|<span class="date">(.*?)</span>', r"\1", markup)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", joined)))


def section(text: str, name: str) -> str:
    """The words of one section."""
    return plain(text.split(f'<section id="{name}"')[1].split("</section>")[0])


def table_rows(text: str, name: str) -> list[str]:
    """The rows of the table of one section, as words."""
    body = text.split(f'<section id="{name}"')[1].split("</section>")[0].split("<tbody")[1]
    return [plain(row).strip() for row in re.findall(r"<tr.*?</tr>", body, re.S)]


def test_it_loads_nothing_and_every_reader_can_use_it() -> None:
    text = rendered()
    page = Page(re.sub(r"<(rect|circle)([^>]*)/>", r"<\1\2></\1>", text).replace("<wbr>", ""))

    assert page.open == []
    assert page.every("html") == [{"lang": "en"}]
    assert not {"script", "img", "link", "iframe", "object", "form", "image", "use"} & {tag for tag, _ in page.tags}
    assert all(not {"src", "srcset", "xlink:href"} & attrs.keys() for _, attrs in page.tags)
    assert all(str(attrs["href"]).startswith("#") for attrs in page.every("a"))
    assert set(re.findall(r"url\((.)", text)) == {"#"}
    assert "default-src 'none'" in str(page.every("meta")[1]["content"])
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    wanted = {str(attrs["href"])[1:] for attrs in page.every("a")}
    wanted |= {str(attrs["aria-labelledby"]) for _, attrs in page.tags if "aria-labelledby" in attrs}
    assert wanted <= set(ids)
    assert len(page.every("caption")) == len(page.every("table")) == 5
    assert all(attrs.get("scope") in ("col", "row") for attrs in page.every("th"))


def test_the_top_says_what_goes_what_stays_until_when_and_which_digest() -> None:
    top = plain(rendered().split("<header>")[1].split("</header>")[0])

    assert "Erasure plan for request R-7" in top
    assert "Example GmbH · made on 2026-11-22" in top
    assert "9 records in 5 collections belong to this person for certain." in top
    assert "5 are to be deleted, 1 is to be anonymised, 1 is to be restricted and 2 stay as they are." in top
    assert "the last of these is 2035-12-31. 1 record stays without an end date." in top
    assert f"Digest of this plan: {'d1' * 32} Compare this digest before you approve or run anything." in top


def test_what_a_person_must_look_at_stands_before_the_contents_and_is_the_first_step() -> None:
    text = rendered()

    assert text.index("2 record(s) are probable or possible") < text.index("<nav")
    assert section(text, "next").index("Settle the points") < section(text, "next").index("Read this page")
    quiet = rendered(replace(FULL, notes=()))
    assert 'class="look"' not in quiet
    assert "Settle the points" not in quiet


def test_each_collection_has_a_bar_whose_parts_are_its_shares_and_whose_numbers_are_words() -> None:
    text = rendered()
    bars = re.findall(r'<svg role="img" aria-label="([^"]+)">(.*?)</svg>', text)

    assert [label for label, _ in bars] == [
        "crm/contacts: 2 delete, 1 anonymise",
        "leads/people: 1 delete",
        "letters/paper: 1 delete",
        "shop/orders: 1 restrict, 2 keep",
        "web/requests: 1 delete",
    ]
    assert re.findall(r'class="(\w+)" x="([\d.]+)%" width="([\d.]+)%"', bars[0][1]) == [
        ("delete", "0.000", "66.667"),
        ("anonymise", "66.667", "33.333"),
    ]
    assert "<span>2 delete, 1 anonymise</span>" in text


def test_a_collection_has_a_row_for_each_outcome_with_ground_reason_statute_and_end() -> None:
    rows = table_rows(rendered(), "why")

    assert len(rows) == 7
    law = "Art. 17(3)(b) The law requires keeping it: 10 years. AO §147"
    assert rows[4:6] == [
        f"shop/orders restrict 1 {law} no end date",
        f"shop/orders keep 2 {law} 2030-12-31 to 2035-12-31",
    ]
    mixed = plan(step("a/b", "1", "keep", KEPT), step("a/b", "2", "keep", replace(KEPT, until=None)))
    assert "2035-12-31; 1 without an end date" in table_rows(rendered(mixed, ()), "why")[0]


def test_every_record_is_listed_with_where_it_is_done() -> None:
    rows = table_rows(rendered(), "list")

    assert [row.split(" ")[0] for row in rows] == [one.record for one in FULL.steps]
    assert rows[0].endswith("Art. 17(1)(a) – script erase.crm_db.sql")
    assert rows[3].endswith("Art. 17(3)(b), AO §147 2035-12-31 nothing to do")
    assert rows[5].endswith("Fields treated apart: Phone (anonymise) no end date by hand, see steps.md")
    assert rows[6].endswith("rewritten file logs/access.log")
    assert rows[7].endswith("calls erase.leads.http")
    assert rows[8].endswith("by hand, see steps.md")


def test_the_next_steps_name_every_script_file_and_list_in_their_order() -> None:
    said = section(rendered(), "next")
    marks = (
        "Read this page", f"by its digest {'d1' * 32}", "Run erase.crm_db.sql on CRM database (postgresql)",
        "Send the calls in erase.leads.http", "copy of logs/access.log from files/", "2 records can be reached",
        "Go through steps.md", "Tell the recipients", "renew the exports and search again",
    )  # fmt: skip
    places = [said.index(mark) for mark in marks]

    assert places == sorted(places)
    assert "It is for 3 records" in said


def test_recipients_stand_with_country_and_what_is_out_of_scope_with_its_reason() -> None:
    text = rendered()

    assert table_rows(text, "recipients") == ["Example Partner Inc. distributor US every row of crm/contacts"]
    assert table_rows(text, "scope") == ["Backups older copies; the last copy expires by 2026-12-27"]


def test_a_rehearsal_says_what_it_saw_and_what_it_does_not_prove() -> None:
    said = section(rendered(), "rehearsal")
    assert table_rows(rendered(), "rehearsal") == ["crm.contacts crm_db passed 1200 3 3"]
    assert "does not prove the text of a script for another database; here that is crm_db (postgresql)." in said

    own = plan(step("support/tickets", "1", "delete", target="support_db", statement="DELETE FROM t WHERE id = '1'"))
    assert "another database" not in section(rendered(own, (Seen("support_db", "t", 3, 1, 1),)), "rehearsal")


def test_a_failed_rehearsal_stands_at_the_top_and_stops_its_script() -> None:
    text = rendered(tried=(replace(TRIED[0], changed=2, problems=("a planned row is not as the plan says",)),))

    look = plain(text.split('class="look"')[1].split("</div>")[0])
    assert "The rehearsal of crm.contacts (crm_db) failed: a planned row is not as the plan says." in look
    assert "FAILED: a planned row is not as the plan says 1200 3 2" in section(text, "rehearsal")
    assert "Do not run erase.crm_db.sql" in section(text, "next")
    assert "Run erase.crm_db.sql" not in section(text, "next")


def test_a_script_that_was_not_rehearsed_is_told_at_the_top() -> None:
    assert "erase.crm_db.sql was not rehearsed" in plain(rendered(tried=()).split("<nav")[0])


def test_no_statement_and_so_no_lock_value_is_shown() -> None:
    text = rendered()
    assert "SECRET" not in text
    assert "DELETE FROM" not in text


def test_hostile_ids_notes_and_reasons_are_text() -> None:
    reason = Reason(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    odd = ErasureStep(HOSTILE, HOSTILE, HOSTILE, HOSTILE, "restrict", reason, fields=((HOSTILE, "delete"),))
    made = replace(
        plan(odd, replace(odd, outcome="delete", target=f"file:{HOSTILE}"), digest=HOSTILE, notes=(HOSTILE,)),
        request_id=HOSTILE,
        recipients=(Recipient(HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
        out_of_scope=((HOSTILE, HOSTILE),),
    )
    text = rendered(made, (Seen(HOSTILE, HOSTILE, 1, 1, 0, (HOSTILE,)),))
    page = Page(re.sub(r"<(rect|circle)([^>]*)/>", r"<\1\2></\1>", text).replace("<wbr>", ""))

    assert page.open == []
    assert "script" not in {tag for tag, _ in page.tags}
    assert not {"\u202e", "\x00", "\udce9"} & set(text)
    assert "alert(1)&lt;/script&gt;[U+202E]evil {record}" in text.replace("<wbr>", "")
    assert unescape(plain(text)).count("alert(1)") > 20


def test_a_plan_without_records_says_so_and_asks_for_nothing_to_be_run() -> None:
    text = rendered(plan(), ())

    assert "there is nothing to erase" in plain(text.split("<nav")[0])
    assert "Nothing has to be run." in section(text, "next")
    assert "No record is planned." in section(text, "list")
    assert "approved" not in section(text, "next")


def test_one_record_is_told_in_the_singular() -> None:
    text = plain(rendered(plan(step("crm/contacts", "C1", "keep", KEPT)), ()).split("<nav")[0])
    assert "One record belongs to this person for certain. It stays as it is." in text


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert render_plan(FULL, CONFIG, TRIED) == render_plan(replace(FULL), CONFIG, list(TRIED))


def test_a_missing_phrase_is_an_error_that_names_the_file() -> None:
    with pytest.raises(DsarError, match=r"no phrase `page\.nowhere`") as caught:
        words().html("page.nowhere")
    assert "plan.en.toml" in caught.value.hint
    with pytest.raises(DsarError):
        Words({}).counted("records", 2)
