"""Splink 5 on the same rows in one common schema: a trained probabilistic linker, modelled as its guide says."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.benchmarks.identity.measure import Answers, Labelled

THRESHOLDS = {"confirmed": 0.999, "probable": 0.95, "possible": 0.5}
"""Probabilities that stand for our grades; a person's answer is the cluster at that threshold."""
_COMMON = ("first", "last", "email", "phone", "postcode")
"""Columns whose values differ in how often they occur."""
_COLUMNS = ("first", "last", "dob", "email", "phone", "street", "postcode", "nat_id", "acct")


def splink_answers(one: Labelled, folder: Path) -> Answers:
    """Train on the records that are asked for, predict, cluster, and give each query its cluster.

    Raises ImportError where the extra `bench` is not installed.
    """
    import duckdb
    import splink.comparison_library as cl
    from splink import Linker, SettingsCreator, block_on
    from splink.internals.duckdb.database_api import DuckDBAPI

    columns, table = _table(one, folder)
    connection = duckdb.connect(":memory:")
    api = DuckDBAPI(connection)
    names = ("unique_id", *columns)
    cells = ", ".join(f"unnest(${place}::VARCHAR[]) AS {name}" for place, name in enumerate(names, start=1))
    connection.execute(f"CREATE TABLE people AS SELECT {cells}", [list(column) for column in zip(*table, strict=True)])
    comparisons: dict[str, Any] = {
        "first": cl.NameComparison("first"),
        "last": cl.NameComparison("last"),
        "dob": cl.DamerauLevenshteinAtThresholds("dob", [1, 2]),
        "email": cl.EmailComparison("email"),
        "phone": cl.LevenshteinAtThresholds("phone", 1),
        "street": cl.JaroWinklerAtThresholds("street", [0.9, 0.8]),
        "postcode": cl.ExactMatch("postcode"),
        "nat_id": cl.LevenshteinAtThresholds("nat_id", [1, 2]),
        "acct": cl.ExactMatch("acct"),
    }
    pairs = [("first", "last"), ("last", "dob"), ("first", "dob"), ("last", "postcode"), ("last", "street")]
    rules = [block_on(*pair) for pair in pairs if set(pair) <= set(columns)]
    rules += [block_on(name) for name in ("email", "phone", "nat_id", "acct") if name in columns]
    for name in set(_COMMON) & set(columns):  # an equal value that many share says less
        comparisons[name] = comparisons[name].configure(term_frequency_adjustments=True)
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[comparisons[name] for name in columns],
        blocking_rules_to_generate_predictions=rules,
    )
    linker = Linker(api.register("people"), settings, log_level=50)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for pair in (("first", "last"), ("dob",), ("email",), ("postcode", "last")):
        if set(pair) <= set(columns):
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(*pair))
    scored = linker.inference.predict(threshold_match_probability=min(THRESHOLDS.values()))
    answers: Answers = {query: {} for query in one.queries}
    for grade, threshold in THRESHOLDS.items():
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, threshold)
        _take(answers, grade, [(r["unique_id"], r["cluster_id"]) for r in clusters.as_record_list()])
    return answers


def _take(answers: Answers, grade: str, clustered: list[tuple[str, str]]) -> None:
    members: dict[str, list[str]] = defaultdict(list)
    home = dict(clustered)
    for record, cluster in clustered:
        members[cluster].append(record)
    for query, found in answers.items():
        for record in members[home[query]]:
            if record != query:
                found.setdefault(record, grade)


def _table(one: Labelled, folder: Path) -> tuple[list[str], list[list[str | None]]]:
    with (folder / one.data.folder / "records.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["record_id"] in one.truth]
    columns = [name for name in _COLUMNS if any(row.get(name) for row in rows)]
    return columns, [[row["record_id"], *((row[c] or "").strip().lower() or None for c in columns)] for row in rows]
