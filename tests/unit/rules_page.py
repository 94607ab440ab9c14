# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of rules as data, and the rows that code says it follows.

Code says so where a docstring, a comment or a text in a table begins with the ids of rows::

    def image(pod):
        \"\"\"P8: the image cannot be pulled.\"\"\"

    if status == 404:  # E4

    # P8, P9: both wait for the kubelet
    WAITING = (("P8", "ErrImagePull", "POD_IMAGE_PULL"),)
"""

from __future__ import annotations

import ast
import re
import tokenize
from collections import defaultdict
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from docutils import nodes
from docutils.core import publish_doctree
from docutils.parsers.rst import roles

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

IDS = r"[A-Z]\d{1,2}"
_BEGINS_WITH_IDS = re.compile(rf"\s*({IDS}(?:, {IDS})*)(?::|$|;)")
_ONLY_IDS = re.compile(rf"{IDS}(?:, {IDS})*")
NO_FINDING = "none"
MARKS = {"R", "W", "P", "U", "U T", "F r", "F T", "-", "as found"}
HEADINGS = ["Row", "What is seen", "Verdict", "Code", "Note"]
NEVER_WAIVABLE = "ansible-collections-huaweicloud-gitops-docsite-rules-never-waivable"


@dataclass(frozen=True)
class Line:
    """A line of a table of rules; ``row`` is "-" where it belongs to no row, ``codes`` is empty where there is no finding."""

    row: str
    seen: str
    marks: frozenset[str]
    codes: tuple[str, ...]


def tree(text: str) -> nodes.document:
    """A page as docutils reads it, with the references of Sphinx as text."""
    roles.register_generic_role("ref", nodes.emphasis)
    document: nodes.document = publish_doctree(text, settings_overrides={"report_level": 5, "halt_level": 5})
    return document


def lines(page: nodes.document) -> list[Line]:
    """The lines of all tables of rules, in order."""
    found = []
    for table in page.findall(nodes.table):
        headings, *body = [[cell.astext() for cell in row] for row in table.findall(nodes.row)]
        if headings == HEADINGS:
            found += [
                Line(row, seen, frozenset(marks.split(", ")), tuple(code for code in codes.split(", ") if code != NO_FINDING))
                for row, seen, marks, codes, _note in ([cell.replace("\n", " ") for cell in cells] for cells in body)
            ]
    return found


def never_waivable(page: nodes.document) -> list[str]:
    """The patterns of codes that no waiver may name."""
    target = next(target for target in page.findall(nodes.target) if target.get("refid") == NEVER_WAIVABLE)
    following = target.next_node(nodes.bullet_list, descend=False, siblings=True)
    assert following is not None
    return [item.astext() for item in following]


def codes_by_row(page: Collection[Line]) -> dict[str, set[str]]:
    """The codes of each row; empty for a row without findings."""
    codes: dict[str, set[str]] = defaultdict(set)
    for line in page:
        if line.row != "-":
            codes[line.row].update(line.codes)
    return dict(codes)


def marks_by_code(page: Collection[Line]) -> dict[str, set[str]]:
    """The marks of each code, over all rows."""
    marks: dict[str, set[str]] = defaultdict(set)
    for line in page:
        for code in line.codes:
            marks[code] |= line.marks
    return dict(marks)


@dataclass(frozen=True)
class Follower:
    """A function, a statement or an entry of a table that says which rows it follows, and the codes in it."""

    place: str
    rows: frozenset[str]
    codes: frozenset[str]


def followers(place: str, source: str, catalogue: Collection[str]) -> list[Follower]:
    """All parts of a file that say which rows they follow."""
    module = ast.parse(source)
    marked = [*_documented(module), *_commented(module, source), *_entries(module)]
    entries = {id(inner) for rows, node in marked for inner in ast.walk(node) if not isinstance(node, ast.FunctionDef)}
    tables = _tables(module)
    return [
        Follower(f"{place}:{getattr(node, 'lineno', 0)}", frozenset(rows), frozenset(_codes(node, tables, entries, catalogue)))
        for rows, node in marked
    ]


def _ids(text: str) -> list[str]:
    begins = _BEGINS_WITH_IDS.match(text)
    return begins[1].split(", ") if begins else []


def _documented(module: ast.Module) -> Iterator[tuple[list[str], ast.AST]]:
    for node in ast.walk(module):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and _ids(ast.get_docstring(node) or ""):
            yield _ids(ast.get_docstring(node) or ""), node


def _commented(module: ast.Module, source: str) -> Iterator[tuple[list[str], ast.AST]]:
    """A comment belongs to what begins in its line, or else in the next line of code."""
    nodes_by_line: dict[int, list[ast.expr | ast.stmt]] = defaultdict(list)
    for node in ast.walk(module):
        if isinstance(node, (ast.expr, ast.stmt)):
            nodes_by_line[node.lineno].append(node)
    for token in tokenize.generate_tokens(StringIO(source).readline):
        if token.type == tokenize.COMMENT and _ids(token.string.lstrip("#")):
            number = next((number for number in sorted(nodes_by_line) if number >= token.start[0]), None)
            assert number is not None, f"line {token.start[0]}: {token.string} belongs to nothing"
            yield _ids(token.string.lstrip("#")), _outermost(nodes_by_line[number], number)


def _outermost(candidates: list[ast.expr | ast.stmt], number: int) -> ast.AST:
    """Of what begins in a line, the first and longest; a key of a dict stands for the line of its entry."""
    first = min(node.col_offset for node in candidates)
    node = max((node for node in candidates if node.col_offset == first), key=lambda node: node.end_lineno or number)
    rest = [other for other in candidates if isinstance(node, ast.Constant) and other.col_offset > (node.end_col_offset or 0)]
    return ast.Tuple([node, *rest], ast.Load(), lineno=number, col_offset=first) if rest else node  # type: ignore[list-item]


def _entries(module: ast.Module) -> Iterator[tuple[list[str], ast.AST]]:
    """The entries of tables that have ids among their fields, or as the key."""
    for node in ast.walk(module):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values):
                if _is_ids(key):
                    yield key.value.split(", "), value  # type: ignore[union-attr]
        elif isinstance(node, (ast.Tuple, ast.List, ast.Call)):
            fields = [*node.args, *(keyword.value for keyword in node.keywords)] if isinstance(node, ast.Call) else node.elts
            rows = [row for field in fields if _is_ids(field) for row in field.value.split(", ")]  # type: ignore[attr-defined]
            if rows:
                yield rows, node


def _is_ids(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(_ONLY_IDS.fullmatch(node.value))


def _tables(module: ast.Module) -> dict[str, ast.AST]:
    """The values of a module's own names, by name."""
    values: dict[str, ast.AST] = {}
    for node in module.body:
        if isinstance(node, ast.Assign):
            values.update({target.id: node.value for target in node.targets if isinstance(target, ast.Name)})
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            values[node.target.id] = node.value
    return values


def _codes(node: ast.AST, tables: dict[str, ast.AST], entries: Collection[int], catalogue: Collection[str]) -> Iterator[str]:
    """The codes that a part of the code gives, by itself or with tables it uses, but for entries there that name rows of their own."""
    tabled = [tables[name.id] for name in ast.walk(node) if isinstance(name, ast.Name) and name.id in tables]
    parts = [*_given(node), *(part for table in tabled for part in _given(table) if id(part) not in entries)]
    for part in parts:
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value in catalogue:
            yield part.value


def _given(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those that only ask for a code: conditions, comparisons, subscripts, and the keys of a dict from codes to texts."""
    yield node
    asking: list[ast.AST | None] = []
    if isinstance(node, (ast.If, ast.IfExp, ast.While)):
        asking = [node.test]
    elif isinstance(node, ast.comprehension):
        asking = [*node.ifs]
    elif isinstance(node, ast.Subscript):
        asking = [node.slice]
    elif isinstance(node, ast.Compare):
        asking = [node.left, *node.comparators]
    elif isinstance(node, ast.Dict):
        asking = [key for key, value in zip(node.keys, node.values) if isinstance(value, ast.Constant) and isinstance(value.value, str)]
    for child in ast.iter_child_nodes(node):
        if child not in asking:
            yield from _given(child)
