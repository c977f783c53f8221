"""One service of a deployment as the environment describes it: which it is, where its store is.

What `balian run` and `balian migrate` have in common.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Self

from balian.faults import BadInput, WrongUsage
from shared.messaging.topology import NODE_OWNER, node_service
from shared.settings import SETTINGS, Settings, SettingsInvalid

OWNERS: Final = ("intake", "triage", NODE_OWNER, "supervision", "accountability")
_NODE_PREFIX: Final = node_service("")


@dataclass(frozen=True, kw_only=True)
class OneService:
    """A service by its name on the bus, with the settings of its process."""

    name: str
    owner: str
    settings: Settings
    config: Mapping[str, str]

    @classmethod
    def told(cls, name: str, *, without_bus: bool = False) -> Self:
        """Read which service is meant and how the environment sets it up.

        Args:
            name: as in `OWNERS`, or `reception_<node>`; `reception` is the one of NODE.
            without_bus: whether the service is not to run, and needs no bus.

        Raises:
            WrongUsage: there is no such service, or its node is not told, or told twice.
            BadInput: the settings cannot be used.
        """
        config = {name: os.environ[name] for name in SETTINGS if os.environ.get(name)}
        if without_bus and "AMQP_URI" not in config:
            config |= {"AMQP_URI": "embedded://none", "BUS_RIGHTS": "shared"}
        owner, node = _taken_apart(name, config.get("NODE", ""))
        if node:
            config["NODE"] = node
        try:
            settings = Settings.from_mapping(config)
        except SettingsInvalid as invalid:
            raise unusable(invalid) from None
        told = cls(
            name=node_service(node) if node else owner,
            owner=owner,
            settings=settings,
            config=config,
        )
        return told if node else replace(told, settings=replace(settings, node=""))

    def make_class(self) -> type:
        """Make its nameko class.

        Raises:
            RegimeInvalid: the rules of reception at its node cannot be used.
        """
        # Imported here: a service brings its tables and rules, and `balian --help` needs none.
        module = importlib.import_module(f"services.{self.owner}.service")
        if self.owner == NODE_OWNER:
            made: type = module.make_service_told(self.settings)
        else:
            made = getattr(module, f"{self.owner.title()}Service")
        return made


def unusable(invalid: SettingsInvalid) -> BadInput:
    """Say that the settings cannot be used, and why."""
    return BadInput(
        what="the settings cannot be used",
        why="\n".join(invalid.faults),
        todo="Set them in the environment; docs/cli.md lists every one.",
    )


def _taken_apart(name: str, told: str) -> tuple[str, str]:
    """Give the owner and the node that a name stands for; no node for all but reception."""
    if name in OWNERS and name != NODE_OWNER:
        return name, ""
    if name == NODE_OWNER:
        if not told:
            raise WrongUsage(
                what="there is a reception for each node, and no node is named",
                todo=f"Set NODE in the environment, or run {_NODE_PREFIX}NODE.",
            )
        return NODE_OWNER, told
    node = name.removeprefix(_NODE_PREFIX)
    if node in ("", name):
        raise WrongUsage(
            what=f"there is no service {name}",
            todo=f"Name one of {', '.join(OWNERS)}, or {_NODE_PREFIX}NODE.",
        )
    if told not in ("", node):
        raise WrongUsage(
            what=f"{name} is not the reception of NODE, which is {told}",
            todo="Name the same node in both, or in one of them only.",
        )
    return NODE_OWNER, node
