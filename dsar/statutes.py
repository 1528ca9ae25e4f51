"""The retention table: shipped rows of law by country, those of the controller over them, and rules that name one."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from dsar.config import CollectionSpec, Config, Keep, Source, Statute
from dsar.errors import ConfigError


def with_statutes(config: Config) -> Config:
    """Fill in every `keep` that names a rule of the retention table (Art. 17(3)(b), (e) GDPR).

    Rows of dsar.toml (`[statute.DE.vouchers]`) go over shipped ones, and what a `keep` says itself goes over both.
    Raises ConfigError that names the nearest rule for one that does not exist.
    """
    table = retention_table(config)
    sources = tuple(_source(source, table, config.controller.financial_year_end) for source in config.source)
    return config.model_copy(update={"source": sources})


def retention_table(config: Config | None = None) -> Mapping[str, Statute]:
    """Every rule by its name, such as `DE.vouchers`: the shipped ones, changed and added to by those of dsar.toml."""
    table = dict(_shipped())
    for country, rows in (config.statute if config else {}).items():
        for name, own in rows.items():
            key = f"{country}.{name}"
            said = own.model_dump(exclude_unset=True)
            if {"days", "months", "years"} & said.keys():  # a period is replaced as a whole
                said = {"days": None, "months": None, "years": None} | said
            table[key] = table[key].model_copy(update={"status": "own", **said}) if key in table else own
    return table


@cache
def _shipped() -> dict[str, Statute]:
    document = tomllib.loads(resources.files("dsar.vocabulary").joinpath("statutes.toml").read_text(encoding="utf-8"))
    return {
        f"{country}.{name}": Statute.model_validate(row)
        for country, rows in document.items()
        for name, row in rows.items()
    }


def _source(source: Source, table: Mapping[str, Statute], year_end: str) -> Source:
    changed = {
        name: spec.model_copy(
            update={"keep": tuple(_filled(keep, table, year_end, f"{source.name}/{name}") for keep in spec.keep)}
        )
        for name, spec in source.collection.items()
    }
    return source.model_copy(update={"collection": {**source.collection, **changed}}) if _named(source) else source


def _named(source: Source) -> bool:
    """Whether any rule of the source has something to be filled in."""
    specs: list[CollectionSpec] = list(source.collection.values())
    return any(keep.rule or keep.from_ == "end of financial year" for spec in specs for keep in spec.keep)


def _filled(keep: Keep, table: Mapping[str, Statute], year_end: str, place: str) -> Keep:
    update: dict[str, object] = {}
    if keep.rule is not None:
        row = table.get(keep.rule)
        if row is None:
            near = difflib.get_close_matches(keep.rule, table, n=1, cutoff=0.4)
            hint = f"Did you mean `{near[0]}`?" if near else "Add it to dsar.toml under [statute.COUNTRY.NAME]."
            raise ConfigError(f"{place}: `keep` names the rule `{keep.rule}`, which is not there.", hint=hint)
        own_period = keep.days is not None or keep.months is not None or keep.years is not None
        parts = ("from_", "statute") if own_period else ("days", "months", "years", "from_", "statute")
        update = {part: getattr(row, part) for part in parts if getattr(keep, part) is None}
    if keep.year_end is None and (update.get("from_") or keep.from_) == "end of financial year":
        update["year_end"] = year_end
    return keep.model_copy(update=update) if update else keep
