"""An import contract that lists what modules may see, where import-linter lists what they may not.

A rule must stay pure when a module is added to ``shared`` tomorrow.
A list of what is forbidden would have to be remembered and lengthened then; a list of what is
allowed need not be.
"""

import sys
from collections.abc import Iterable
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

StrayImport = tuple[str, str]
"""The module that imports, and what it imports."""


def lies_in(module: str, packages: Iterable[str]) -> bool:
    """Tell whether a module is one of the packages or stands in one of them."""
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def own_package(module: str) -> str:
    """Give the rules package that a module such as ``services.x.rules.y`` belongs to."""
    return ".".join(module.split(".")[:3])


def stray_imports(
    graph: ImportGraph, *, modules: Iterable[str], allowed: Iterable[str]
) -> list[StrayImport]:
    """List the direct imports that go beyond the standard library, the own package and ``allowed``.

    ``modules`` are import-linter module expressions, such as ``services.*.rules``.
    """
    matching = {name for expression in modules for name in graph.find_matching_modules(expression)}
    permitted = frozenset(allowed) | sys.stdlib_module_names
    return [
        (importer, imported)
        for importer in sorted(matching)
        for imported in sorted(graph.find_modules_directly_imported_by(importer))
        if not lies_in(imported, permitted | {own_package(importer)})
    ]


class SeesOnly(Contract):
    """Certain modules import the standard library, their own package and what is listed."""

    type_name = "sees_only"

    # import-linter replaces these declarations on each contract with the lists read from them.
    modules = cast("list[str]", fields.ListField(subfield=fields.StringField()))
    allowed = cast("list[str]", fields.ListField(subfield=fields.StringField()))

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001  # import-linter calls it so.
        """Compare every matching module's imports with the list."""
        output.verbose_print(verbose, f"Checking the imports of {self.modules}...")
        strays = stray_imports(graph, modules=self.modules, allowed=self.allowed)
        return ContractCheck(kept=not strays, metadata={"strays": strays})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each import that should not be there, and what to do about it."""
        for importer, imported in check.metadata["strays"]:
            output.print_error(f"{importer} may not import {imported}", bold=False)
        output.print_error("Hand the rule what it needs as a frozen fact instead.", bold=False)
