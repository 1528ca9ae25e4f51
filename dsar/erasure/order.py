"""In which order collections are erased, children before parents, and which children a plan does not know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from dsar.config import CollectionSpec
from dsar.erasure.schema import Link, Shapes
from dsar.errors import ConfigError
from dsar.model import ErasureStep

Place = tuple[str, str]
"""(source, collection)"""


def in_order(collections: Mapping[Place, CollectionSpec], schemas: Mapping[str, Shapes]) -> list[Place]:
    """Put collections in an order in which children come before their parents.

    `erase.after` names the children of a collection; the foreign keys of a target's DDL file add theirs. Raises
    ConfigError where `after` names no collection or the whole goes in a circle.
    """
    order: TopologicalSorter[Place] = TopologicalSorter()
    for place, spec in collections.items():
        named = [_named(name, place, collections) for name in (spec.erase.after if spec.erase else ())]
        order.add(place, *named, *_children(place, collections, schemas))
    try:
        return list(order.static_order())
    except CycleError as error:
        circle = " → ".join("/".join(place) for place in error.args[1])
        raise ConfigError(f"`erase.after` goes in a circle: {circle}.", hint="Take one of them out.") from None


def _named(name: str, place: Place, collections: Mapping[Place, CollectionSpec]) -> Place:
    source, _, collection = name.rpartition("/")
    found = (source or place[0], collection)
    if found not in collections:
        known = ", ".join("/".join(one) for one in collections)
        raise ConfigError(
            f"`erase.after` of {'/'.join(place)} names `{name}`, which is no collection.", hint=f"Known: {known}."
        )
    return found


def unplanned_children(
    steps: Sequence[ErasureStep], collections: Mapping[Place, CollectionSpec], schemas: Mapping[str, Shapes]
) -> tuple[str, ...]:
    """Name the tables that refer to one from which rows are deleted and that no collection shows (E-33)."""
    shown = {_table(spec) for spec in collections.values()}
    parents = {
        _table(collections[place])
        for step in steps
        if step.outcome == "delete" and step.target in schemas and (place := (step.source, step.collection))
    }
    notes = []
    for target, table in sorted(parents):
        for child, link in _links_to(table, schemas.get(target, {})):
            if (target, child) not in shown:
                does = f", and a deletion would {link.rule} its rows" if link.rule else ""
                notes.append(f"{target}: table {child} refers to {table} and no source shows it{does}.")
    return tuple(dict.fromkeys(notes))


def _children(
    place: Place, collections: Mapping[Place, CollectionSpec], schemas: Mapping[str, Shapes]
) -> Iterator[Place]:
    """The collections whose tables refer to the table of this one by a foreign key."""
    target, table = _table(collections[place])
    for child, _ in _links_to(table, schemas.get(target, {})):
        yield from (other for other, spec in collections.items() if other != place and _table(spec) == (target, child))


def _links_to(parent: str, shapes: Shapes) -> Iterator[tuple[str, Link]]:
    for shape in shapes.values():
        yield from ((shape.name, link) for link in shape.links if link.parent == parent and shape.name != parent)


def _table(spec: CollectionSpec) -> tuple[str, str]:
    return (spec.erase.target or "", spec.erase.table or "") if spec.erase else ("", "")
