"""What holds for any company: order, strangers and cut files change nothing; every chain ends at the request."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsar.fulfilment.finding.find import find
from dsar.fulfilment.requests import request_of
from dsar.fulfilment.workspace import Workspace
from dsar.model import Answer, Request

Company = Callable[..., Workspace]
Rows = dict[str, list[tuple[str, ...]]]
EXAMPLES = int(os.environ.get("DSAR_EXAMPLES", "6"))
few = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

EMAILS = st.sampled_from(
    ["", "ada@example.org", "bob@example.org", "bells@example.org", "info@example.org", "bob+x@example.org"]
)
PHONES = st.sampled_from(["", "030 1234567", "+49 30 1234567", "030 7654321", "0000000"])
GIVEN = st.sampled_from(["", "Ada", "A.", "Bob", "Robert", "Adah", "Ada Maria", "Ada Lena"])
FAMILY = st.sampled_from(["", "Bell", "Bell Jr", "Bell Sr", "Byron", "von Bell"])
NAMES = st.builds(lambda given, family: f"{given} {family}".strip(), GIVEN, FAMILY)
BIRTHS = st.sampled_from(["", "1950-01-02", "1950-01-03", "1980-05-17"])
NUMBERS = st.sampled_from(["", "K100", "K200", "7", "0", "guest"])
COOKIES = st.sampled_from(["", "cookie-a1", "kiosk-77"])
LOGINS = st.one_of(EMAILS, NUMBERS)
STREETS = st.sampled_from(["", "Elmweg 1", "Oakweg 9"])
TABLES: dict[str, dict[str, st.SearchStrategy[str]]] = {
    "crm": {"email": EMAILS, "phone": PHONES, "given_name": GIVEN, "family_name": FAMILY, "birth_date": BIRTHS,
            "street": STREETS, "customer_no": NUMBERS},
    "orders": {"customer_no": NUMBERS, "billing email": EMAILS, "billing phone": PHONES, "billing name": NAMES,
               "shipping name": NAMES, "cookie": COOKIES},
    "news": {"email": EMAILS, "given_name": GIVEN},
    "web": {"cookie": COOKIES, "login": LOGINS},
    "desk": {"author email": EMAILS, "customer_no": NUMBERS, "name": NAMES, "note": EMAILS},
}  # fmt: skip
COMPANIES = st.fixed_dictionaries(
    {name: st.lists(st.tuples(*columns.values()), max_size=6) for name, columns in TABLES.items()}
)
WHO = st.fixed_dictionaries(
    {"email": EMAILS, "phone": PHONES, "name": NAMES, "birth_date": BIRTHS, "address": STREETS, "customer_no": NUMBERS}
).filter(lambda who: any(who.values()))


def asked(who: dict[str, str]) -> Request:
    plain = {kind: [value] for kind, value in who.items() if kind != "customer_no"}
    return request_of(**plain, id=[f"customer_no={who['customer_no']}"] if who["customer_no"] else [])


def keyed(rows: Rows) -> Rows:
    """Give every row a key of its own, which stays with it wherever it stands."""
    return {name: [(f"{name}-{number}", *row) for number, row in enumerate(found)] for name, found in rows.items()}


def texts(rows: Rows) -> dict[str, str]:
    return {name: table(name, found) for name, found in rows.items()}


def table(name: str, rows: Sequence[tuple[str, ...]]) -> str:
    return "\n".join(",".join(row) for row in [("key", *TABLES[name]), *rows])


def answers(workspace: Workspace, who: Sequence[dict[str, str]]) -> list[Counter[tuple[str, str, str]]]:
    found = find(workspace, [asked(one) for one in who])
    return [Counter((m.record.source, m.record.key, m.grade) for m in answer.matches) for answer in found]


@few
@given(rows=COMPANIES, who=st.lists(WHO, min_size=1, max_size=4), seed=st.integers(0, 1000))
def test_the_order_of_files_and_rows_changes_no_answer(
    company: Company, rows: Rows, who: list[dict[str, str]], seed: int
) -> None:
    turned = {name: random.Random(seed).sample(found, len(found)) for name, found in reversed(keyed(rows).items())}

    assert answers(company(texts(keyed(rows))), who) == answers(company(texts(turned)), list(who))


@few
@given(rows=COMPANIES, who=st.lists(WHO, min_size=1, max_size=4))
def test_an_unrelated_person_changes_no_answer(company: Company, rows: Rows, who: list[dict[str, str]]) -> None:
    stranger: Rows = {
        "crm": [("x1", "zoe@example.com", "040 9998887", "Zoe", "Stranger", "1971-11-30", "Birkweg 5", "K900")],
        "orders": [("x2", "K900", "zoe@example.com", "040 9998887", "Zoe Stranger", "Zoe Stranger", "cookie-z9")],
        "news": [("x3", "zoe@example.com", "Zoe")],
        "web": [("x4", "cookie-z9", "zoe@example.com")],
        "desk": [("x5", "zoe@example.com", "K900", "Zoe Stranger", "zoe@example.com")],
    }
    more = {name: [*found, *stranger[name]] for name, found in keyed(rows).items()}

    assert answers(company(texts(keyed(rows))), who) == answers(company(texts(more)), who)


@few
@given(rows=COMPANIES, who=st.lists(WHO, min_size=1, max_size=4), cut=st.integers(0, 6))
def test_cutting_files_in_two_changes_no_answer(
    company: Company, rows: Rows, who: list[dict[str, str]], cut: int
) -> None:
    whole = keyed(rows)
    parts = {f"{name}-2.csv": table(name, found[cut:]) for name, found in whole.items()}

    split = company(texts({name: found[:cut] for name, found in whole.items()}) | parts)

    assert answers(company(texts(whole)), who) == answers(split, who)


@few
@given(rows=COMPANIES, who=st.lists(WHO, min_size=1, max_size=4))
def test_every_confirmed_records_evidence_leads_back_to_the_request(
    company: Company, rows: Rows, who: list[dict[str, str]]
) -> None:
    workspace = company(texts(keyed(rows)))
    together = find(workspace, [asked(one) for one in who])

    for answer, one in zip(together, who, strict=True):
        assert_chains_end(answer)
        assert replace(answer, same_as=()) == find(workspace, [asked(one)])[0]


def assert_chains_end(answer: Answer) -> None:
    hops = {match.record.record: match.hop for match in answer.graded("confirmed")}
    learned = [known.learned_from for known in answer.identifiers if not known.given]
    assert all(record in hops for record in learned) or not hops
    for match in answer.graded("confirmed"):
        assert match.evidence
        for evidence in match.evidence:  # each step is one hop nearer to the request
            assert evidence.origin == "request" or hops[evidence.origin] < match.hop
            assert evidence.rule not in ("mentioned", "unparsed") or len(match.evidence) > 1
            assert evidence.rule != "score"  # it fills the queue of a review
        assert any(not evidence.conflicts for evidence in match.evidence)
