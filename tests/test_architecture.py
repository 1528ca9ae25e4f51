"""The shape of the code: floors, circles, sizes, where SQL and printing may stand, what the repository holds."""

from __future__ import annotations

import ast
import fnmatch
import graphlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLOORS = {
    "errors": 1, "phones": 1, "dates": 1, "emails": 1,
    "model": 2, "normalise": 2, "progress": 2,
    "config": 3, "vocabulary": 3,
    "store": 4, "retention": 4, "statutes": 4,
    "sources": 5, "identity": 5, "reports": 5, "erasure": 5, "register": 5, "redaction": 5, "sealing": 5,
    "renderers": 5,
    "fulfilment": 6,
    "cli": 7,
}  # fmt: skip
TOP = {
    "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md",
    "dsar", "connectors", "tests", "samples", "docs",
}  # fmt: skip
MAX_FILE, MAX_FUNCTION = 300, 40
SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|DELETE\s+FROM|UPDATE\s+\S+\s+SET|CREATE\s+(TEMP\s+)?(TABLE|VIEW)|DROP\s+TABLE"
    r"|ALTER\s+TABLE|GROUP\s+BY|ORDER\s+BY|COPY\s+\(|PRAGMA\s)",
    re.DOTALL,
)
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "dsar").rglob("*.py"))
}
CODE = [*MODULES.values(), *sorted((ROOT / "connectors").rglob("*.py"))]


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(tree: ast.AST, module: str, package: bool) -> Iterator[str]:
    """Every name of ours that the tree imports, relative imports resolved; `from a import b` gives `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in ("dsar", "dsar_connectors"))
        elif isinstance(node, ast.ImportFrom):
            base = module.split(".")[: len(module.split(".")) - node.level + package] if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            if start.split(".")[0] in ("dsar", "dsar_connectors"):
                yield from (f"{start}.{alias.name}" for alias in node.names)


def room(name: str) -> str:
    """The room of an imported name: `dsar.store.sql.quoted` is `store`, `dsar.find` is the package itself."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in FLOORS else ""


def wrong_steps(module: str, tree: ast.AST, package: bool = False) -> list[str]:
    """The imports of a module that go up, sideways, or from a room that has no floor."""
    own = room(module)
    found = []
    for name in imported(tree, module, package):
        other = room(name)
        if other == own != "":
            continue
        # the package itself offers what fulfilment does, so it is that high
        if not own or FLOORS[other or "fulfilment"] >= FLOORS[own]:
            found.append(f"{module} imports {name}")
    return found


def without_typing(tree: ast.Module, later: bool = True) -> ast.Module:
    """The tree without what never runs (TYPE_CHECKING), and unless `later`, without what runs when called."""

    class Cut(ast.NodeTransformer):
        def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST | None:
            return self.generic_visit(node) if later else None

        def visit_If(self, node: ast.If) -> ast.AST | None:
            typing = any(isinstance(part, ast.Name) and part.id == "TYPE_CHECKING" for part in ast.walk(node.test))
            return None if typing else self.generic_visit(node)

    cut = Cut().visit(tree)
    assert isinstance(cut, ast.Module)
    return cut


def target(name: str) -> str | None:
    """The module that an imported name leads to."""
    parts = name.split(".")
    ends = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((end for end in ends if end in MODULES), None)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def docstrings(tree: ast.AST) -> set[int]:
    """The ids of the nodes that only document."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every string with its line; of an f-string the whole, with `x` for what it fills in. Docstrings are left out."""
    skipped = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skipped.update(id(part) for part in node.values)
            parts = [str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values]
            yield node.lineno, "".join(parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.lineno, node.value


def sql_in(tree: ast.AST) -> list[int]:
    """The lines of strings that hold SQL."""
    return [line for line, text in texts(tree) if SQL.search(text)]


def prints_in(tree: ast.AST) -> list[int]:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]


def test_nobody_imports_from_above_or_from_a_neighbour() -> None:
    found = [
        step
        for module, path in MODULES.items()
        if module != "dsar"
        for step in wrong_steps(module, parsed(path), path.name == "__init__.py")
    ]

    assert found == []


def test_the_package_itself_offers_fulfilment_only_and_only_when_asked() -> None:
    tree = parsed(MODULES["dsar"])

    assert {room(name) for name in imported(tree, "dsar", package=True)} <= {"fulfilment"}
    assert list(imported(without_typing(tree, later=False), "dsar", package=True)) == []


def test_a_hook_of_a_connector_knows_the_hooks_and_nothing_else_of_ours() -> None:
    hooks = sorted((ROOT / "connectors").glob("*/*.py"))
    found = [
        f"{shown(path)} imports {name}"
        for path in hooks
        for name in imported(parsed(path), "dsar_connectors.x", package=False)
        if not f"{name}.".startswith("dsar.sources.hooks.")
    ]

    assert found == []
    assert {path.name for path in hooks} <= {"hook.py"}


def test_no_imports_go_in_a_circle() -> None:
    graph = {
        module: {
            end
            for name in imported(without_typing(parsed(path)), module, path.name == "__init__.py")
            if (end := target(name)) and end != module
        }
        for module, path in MODULES.items()
    }

    try:
        order = list(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        pytest.fail(f"imports go in a circle: {' → '.join(error.args[1])}")

    assert len(order) == len(MODULES)


def begins(path: Path, node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The first line that counts: a command has as many lines of options as it has options."""
    return node.body[0].lineno if path.parent == ROOT / "dsar" / "cli" else node.lineno


def test_files_and_functions_are_short() -> None:
    long_files = [
        f"{shown(path)}: {lines} lines"
        for path in CODE
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_FILE
    ]
    long_functions = [
        f"{shown(path)}:{node.lineno} {node.name}: {lines} lines"
        for path in CODE
        for node in functions(parsed(path))
        if (lines := (node.end_lineno or 0) - begins(path, node) + 1) > MAX_FUNCTION
    ]

    assert long_files + long_functions == []


def test_every_module_opens_with_a_sentence() -> None:
    found = [shown(path) for path in CODE if not (ast.get_docstring(parsed(path)) or "").split("\n")[0].endswith(".")]

    assert found == []


def test_the_library_never_prints() -> None:
    printing = [f"{shown(path)}:{line}" for path in CODE for line in prints_in(parsed(path))]
    streams = [
        shown(path)
        for path in CODE
        if path.parent != ROOT / "dsar" / "cli" and re.search(r"sys\.(stdout|stderr)", path.read_text(encoding="utf-8"))
    ]

    assert printing + streams == []


def test_sql_stands_in_store_and_erasure_only() -> None:
    homes = (ROOT / "dsar" / "store", ROOT / "dsar" / "erasure")
    found = [f"{shown(path)}:{line}" for path in CODE if path.parent not in homes for line in sql_in(parsed(path))]

    assert found == []


def test_a_query_says_what_it_asks_and_gives_its_rows_in_order() -> None:
    for path in sorted((ROOT / "dsar" / "store" / "queries").glob("*.sql")):
        lines = path.read_text(encoding="utf-8").strip().splitlines()
        assert lines[0].startswith("--") and lines[0].rstrip().endswith("?"), path.name
        assert lines[-1].startswith("ORDER BY"), path.name


def test_no_module_is_called_by_a_word_that_says_nothing() -> None:
    found = [shown(path) for path in CODE if re.search(r"util|helper|manager|misc|common", path.stem)]

    assert found == []


def test_every_room_has_a_floor() -> None:
    assert {name.split(".")[1] for name in MODULES if "." in name} - FLOORS.keys() == set()


def test_the_repository_holds_nothing_else_at_its_top() -> None:
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines() if line]
    names = {path.name for path in ROOT.iterdir() if not any(fnmatch.fnmatch(path.name, mark) for mark in ignored)}

    assert {name for name in names if not name.startswith(".")} - TOP == set()
    assert TOP - names == set()


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("dsar.store.segments", "from dsar.sources.spec import Connector"),
        ("dsar.reports.build", "import dsar.erasure.plan"),
        ("dsar.model.answers", "from dsar.normalise import words"),
        ("dsar.identity.rules", "def later():\n    from dsar.cli import console"),
        ("dsar.store.sql", "from ..cli import console"),
        ("dsar.config.load", "from dsar import find"),
        ("dsar.new_room", "from dsar import errors"),
    ],
)
def test_a_wrong_step_is_seen(module: str, source: str) -> None:
    assert wrong_steps(module, ast.parse(source))


@pytest.mark.parametrize("source", ["from dsar.store import sql", "from dsar.sources.spec import plain", "import json"])
def test_a_right_step_is_let_through(source: str) -> None:
    assert wrong_steps("dsar.sources.loader", ast.parse(source)) == []


def test_an_import_for_types_only_is_no_circle_but_a_later_one_is() -> None:
    source = (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import dsar.cli\ndef f():\n    import dsar.config\n"
    )

    assert list(imported(without_typing(ast.parse(source)), "dsar.x", package=False)) == ["dsar.config"]


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ('def f():\n    """Speaks of SELECT a FROM b."""\n    return f"SELECT {x} FROM t"', [3]),
        ('x = "DELETE FROM people"', [1]),
        ('x = "Delete the row, or select another one from the list."', []),
    ],
)
def test_sql_is_told_from_prose(source: str, seen: list[int]) -> None:
    assert sql_in(ast.parse(source)) == seen


def test_print_is_seen_but_not_a_method_of_that_name() -> None:
    assert prints_in(ast.parse("print(1)\ntable.print()")) == [1]
