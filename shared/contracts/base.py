"""What a contract is, and how its marshmallow schema stands beside it.

A field is declared once, as an annotation of a frozen dataclass.
The schema that checks it on the wire is made from the same annotation, in the same moment, and
hangs on the class as ``Schema``; written out by hand it would be a second list of the same fields,
and the two would drift.

Requests refuse a field they do not know, so that a typing error is told and not swallowed.
Replies and events ignore it, so that a newer writer does not break an older reader.
"""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, ClassVar, Generic, Self, TypeVar, Union, cast, dataclass_transform

import marshmallow
from marshmallow import EXCLUDE, RAISE, ValidationError, fields, validate

_SNAKE_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_VERSION_SUFFIX = re.compile(r"^(?P<name>[A-Za-z0-9]+?)V(?P<version>[1-9][0-9]*)$")


def snake_case(name: str) -> str:
    """Turn ``RegisterPetition`` into ``register_petition``."""
    return _SNAKE_BOUNDARY.sub("_", name).lower()


# --- What may stand in an annotation beside the type -------------------------------------------


@dataclass(frozen=True)
class Text:
    """Free text written by a person: never blank, never in an event."""

    longest: int
    shortest: int = 1


@dataclass(frozen=True)
class Pattern:
    """A code or number of a fixed form, with the form in words for the error message."""

    regex: str
    form: str


@dataclass(frozen=True)
class Between:
    """A whole number with its inclusive limits."""

    least: int
    most: int


@dataclass(frozen=True)
class Items:
    """How many items a list may hold, inclusive."""

    least: int = 0
    most: int = 1000


@dataclass(frozen=True)
class Sensitive:
    """Personal data or the content of a petition.

    Redacted in logs, sealed at rest, barred from events.
    """


SENSITIVE: typing.Final = Sensitive()


@dataclass(frozen=True)
class Whereabouts:
    """Where something runs, which is no part of what happened.

    Left out of ledgers, so that one story tells the same on two deployments.
    """


WHEREABOUTS: typing.Final = Whereabouts()

type_hints = typing.get_type_hints


class MalformedContract(TypeError):
    """Raised at import when a contract class itself breaks a rule, as by free text in an event."""


# --- Refusals ------------------------------------------------------------------------------------


class Refusal(Exception):
    """A request was understood and is refused by a rule; nothing of record has changed.

    The single string argument is what crosses the wire; it begins with the rule's id in brackets.
    Catch it to show ``label`` to people; do not retry the same request.
    """

    rule: ClassVar[str] = ""
    label: ClassVar[str] = ""
    owner: ClassVar[str] = ""

    def __init__(self, message: str) -> None:
        super().__init__(message if message.startswith("[") else f"[{self.rule}] {message}")

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls.owner = cls.__module__.rpartition(".")[2]
        if not cls.rule or not cls.label:
            msg = f"{cls.__name__} must cite its rule and carry a Chinese label"
            raise MalformedContract(msg)
        if cls.__name__ in _refusals:
            msg = f"two refusals are named {cls.__name__}; on the wire a name means one condition"
            raise MalformedContract(msg)
        _refusals[cls.__name__] = cls

    @property
    def message(self) -> str:
        """Give the whole sentence, rule id first."""
        return str(self.args[0])


_refusals: dict[str, type[Refusal]] = {}


class MalformedRequest(Refusal):
    """The request does not fit its contract: names every bad field; correct them and send again."""

    rule = "L22-19"
    label = "请求填写有误，请按提示逐项更正后重新提交"


def refusals(owner: str | None = None) -> Iterator[type[Refusal]]:
    """Iterate over the declared refusals, of one owner or of all, in the order of declaration."""
    return (cls for cls in _refusals.values() if owner is None or cls.owner == owner)


def refusal_named(name: str) -> type[Refusal]:
    """Find a refusal by the name that crossed the wire.

    Raises:
        KeyError: no contract declares it.
    """
    return _refusals[name]


# --- The schema beside the dataclass -------------------------------------------------------------


class _ContractSchema(marshmallow.Schema):
    """The wire form of one contract; loading gives the dataclass itself."""

    contract: ClassVar[type[Contract]]

    @marshmallow.post_load
    def _make(self, values: dict[str, Any], **_kwargs: object) -> Contract:
        return self.contract(**values)


class _Tuple(fields.List[Any]):
    """A list on the wire, a tuple inside: contracts are frozen to their last field."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return tuple(super()._deserialize(value, attr, data, **kwargs))


class _StrictBoolean(fields.Boolean):
    """Only true and false: "no" must not become a consent."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            msg = "Must be true or false."
            raise ValidationError(msg)
        return super()._deserialize(value, attr, data, **kwargs)


class _StrictText(fields.String):
    """Text that is more than blanks."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not text.strip():
            msg = "Must not be blank."
            raise ValidationError(msg)
        return text


def _validators(marks: tuple[object, ...]) -> list[Any]:
    checks: list[Any] = []
    for mark in marks:
        match mark:
            case Text(longest=longest, shortest=shortest):
                checks.append(validate.Length(min=shortest, max=longest))
            case Pattern(regex=regex, form=form):
                checks.append(validate.Regexp(f"^(?:{regex})\\Z", error=f"Must be {form}."))
            case Between(least=least, most=most):
                checks.append(validate.Range(min=least, max=most))
            case Items(least=least, most=most):
                checks.append(validate.Length(min=least, max=most))
            case _:
                pass
    return checks


def _unwrap(annotation: Any) -> tuple[Any, tuple[object, ...], bool]:
    """Part an annotation into its bare type, its marks, and whether None is allowed."""
    marks: tuple[object, ...] = ()
    optional = False
    while True:
        origin = typing.get_origin(annotation)
        if origin is typing.Annotated:
            marks = (*annotation.__metadata__, *marks)
            annotation = annotation.__origin__
        elif origin in (Union, types.UnionType):
            members = [arg for arg in typing.get_args(annotation) if arg is not type(None)]
            if len(members) != 1:
                msg = f"a contract field has one type, not {annotation}"
                raise MalformedContract(msg)
            optional, annotation = True, members[0]
        else:
            return annotation, marks, optional


def _field(annotation: Any, **options: Any) -> fields.Field[Any]:
    bare, marks, optional = _unwrap(annotation)
    options |= {"allow_none": optional or options.get("allow_none", False)}
    checks = _validators(marks)
    if checks:
        options["validate"] = checks
    if typing.get_origin(bare) is tuple:
        return _Tuple(_field(typing.get_args(bare)[0]), **options)
    if typing.get_origin(bare) in (Mapping, dict):
        key, value = typing.get_args(bare)
        values = fields.Raw(allow_none=True) if value is Any else _field(value)
        return fields.Dict(keys=_field(key), values=values, **options)
    if isinstance(bare, type) and issubclass(bare, Contract):
        return fields.Nested(bare.Schema, **options)
    if isinstance(bare, type) and issubclass(bare, Enum):
        return fields.Enum(bare, by_value=True, **options)
    plain: dict[Any, Any] = {
        str: _StrictText,
        bool: _StrictBoolean,
        date: fields.Date,
        datetime: fields.AwareDateTime,
    }
    if bare is int:
        return fields.Integer(strict=True, **options)
    if bare not in plain:
        msg = f"no wire form is known for {annotation}"
        raise MalformedContract(msg)
    return cast("fields.Field[Any]", plain[bare](**options))


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Contract:
    """Anything that crosses a boundary: frozen, keyword-only, with its schema beside it."""

    Schema: ClassVar[type[marshmallow.Schema]]
    _made_schema: ClassVar[marshmallow.Schema | None] = None
    owner: ClassVar[str] = ""
    unknown_fields: ClassVar[str] = RAISE

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls.owner = cls.__module__.rpartition(".")[2]
        dataclass(frozen=True, kw_only=True)(cls)
        cls.Schema = cls._build_schema()

    @classmethod
    def _build_schema(cls) -> type[marshmallow.Schema]:
        hints = type_hints(cls, include_extras=True)
        members: dict[str, Any] = {"contract": cls}
        for declared in dataclasses.fields(cls):  # type: ignore[arg-type]
            required = (
                declared.default is dataclasses.MISSING
                and declared.default_factory is dataclasses.MISSING
            )
            options: dict[str, Any] = {"required": required}
            if not required:
                options["load_default"] = (
                    declared.default
                    if declared.default is not dataclasses.MISSING
                    else declared.default_factory
                )
            members[declared.name] = _field(hints[declared.name], **options)
        members["Meta"] = type("Meta", (), {"unknown": cls.unknown_fields, "ordered": True})
        return cast(
            "type[marshmallow.Schema]", type(f"{cls.__name__}Schema", (_ContractSchema,), members)
        )

    @classmethod
    def _schema(cls) -> marshmallow.Schema:
        """Make the schema once: making it costs more than using it."""
        made = cls._made_schema
        if made is None or type(made) is not cls.Schema:
            made = cls._made_schema = cls.Schema()
        return made

    @classmethod
    def load(cls, mapping: object) -> Self:
        """Check a mapping from the wire and make the contract of it.

        Raises:
            MalformedRequest: names every bad field and what it should be; never a value.
        """
        if not isinstance(mapping, Mapping):
            msg = f"{cls.__name__}: the request must be one mapping, sent as `request`"
            raise MalformedRequest(msg)
        try:
            return cast("Self", cls._schema().load(mapping))
        except ValidationError as invalid:
            faults = "; ".join(_flatten(invalid.messages_dict))
            msg = f"{cls.__name__}: {faults}"
            raise MalformedRequest(msg) from None

    def dump(self) -> dict[str, Any]:
        """Give the JSON-ready mapping of this contract."""
        return cast("dict[str, Any]", self._schema().dump(self))


def _flatten(messages: Any, path: str = "") -> Iterator[str]:
    if isinstance(messages, Mapping):
        for key, value in messages.items():
            yield from _flatten(value, f"{path}.{key}" if path else str(key))
    else:
        yield f"{path}: {' '.join(str(message) for message in messages)}"


@dataclass(frozen=True)
class FieldShape:
    """One field as documents and checks see it."""

    name: str
    bare: Any
    marks: tuple[object, ...]
    optional: bool
    required: bool
    default: object

    @property
    def is_free_text(self) -> bool:
        """Tell whether a person writes this field in words."""
        return any(isinstance(mark, Text) for mark in self.marks)

    @property
    def is_sensitive(self) -> bool:
        """Tell whether the field holds personal data or a petition's content."""
        return any(isinstance(mark, Sensitive) for mark in self.marks)

    @property
    def is_whereabouts(self) -> bool:
        """Tell whether the field says where something runs."""
        return any(isinstance(mark, Whereabouts) for mark in self.marks)


def shape_of(contract: type[Contract]) -> list[FieldShape]:
    """List a contract's fields with their types, marks and defaults."""
    hints = type_hints(contract, include_extras=True)
    shapes = []
    for declared in dataclasses.fields(contract):  # type: ignore[arg-type]
        bare, marks, optional = _unwrap(hints[declared.name])
        if typing.get_origin(bare) is tuple:
            _item, item_marks, _ = _unwrap(typing.get_args(bare)[0])
            marks = (*marks, *item_marks)
        required = (
            declared.default is dataclasses.MISSING
            and declared.default_factory is dataclasses.MISSING
        )
        default = None if declared.default is dataclasses.MISSING else declared.default
        shapes.append(FieldShape(declared.name, bare, marks, optional, required, default))
    return shapes


def nested_contracts(contract: type[Contract]) -> Iterator[type[Contract]]:
    """Iterate over the contracts that stand inside a contract, at any depth."""
    for shape in shape_of(contract):
        bare = typing.get_args(shape.bare)[0] if typing.get_args(shape.bare) else shape.bare
        bare = _unwrap(bare)[0]
        if isinstance(bare, type) and issubclass(bare, Contract):
            yield bare
            yield from nested_contracts(bare)


def holds_sensitive(contract: type[Contract]) -> bool:
    """Tell whether any field, at any depth, is personal data or a petition's content."""
    known = _sensitive.get(contract)
    if known is None:
        every = (contract, *nested_contracts(contract))
        known = any(shape.is_sensitive for one in every for shape in shape_of(one))
        _sensitive[contract] = known
    return known


_sensitive: dict[type[Contract], bool] = {}


def holds_free_text(contract: type[Contract]) -> bool:
    """Tell whether any field, at any depth, is text written by a person."""
    every = (contract, *nested_contracts(contract))
    return any(shape.is_free_text for one in every for shape in shape_of(one))


# --- The four kinds of message -------------------------------------------------------------------


class Part(Contract):
    """A piece of a request, that refuses unknown fields."""


class Reply(Contract):
    """What a call answers, or a piece of it."""

    unknown_fields = EXCLUDE


R_co = TypeVar("R_co", bound=Reply, covariant=True)

_requests: dict[str, type[Request[Any]]] = {}


class Request(Contract, Generic[R_co]):
    """One call: the class name in snake case is the method's name."""

    method_name: ClassVar[str] = ""
    reply_type: ClassVar[type[Reply]]
    refused_with: ClassVar[tuple[type[Refusal], ...]] = ()

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        for base in (
            types.get_original_bases(cls)
            if hasattr(types, "get_original_bases")
            else (cls.__dict__.get("__orig_bases__", ()))
        ):
            arguments = typing.get_args(base)
            if arguments and isinstance(arguments[0], type) and issubclass(arguments[0], Reply):
                cls.reply_type = arguments[0]
                cls.method_name = snake_case(cls.__name__)
                _requests[cls.wire_name()] = cls

    @classmethod
    def wire_name(cls) -> str:
        """Give ``owner.method``, the name under which policy and documents list the call."""
        return f"{cls.owner}.{cls.method_name}"


class Query(Request[R_co], Generic[R_co]):
    """A question: changes no state of a case and may be asked again.

    Where ``recorded`` is set the asking itself is kept, as an access log.
    """

    recorded: ClassVar[bool] = False


RequestId = typing.Annotated[
    str,
    Pattern(r"[A-Za-z0-9][A-Za-z0-9._:\-]{7,99}", "8 to 100 letters, digits, or one of . _ : -"),
]


class Command(Request[R_co], Generic[R_co]):
    """An order: carries a caller-made ``request_id``.

    It is done once for that id, however often it comes.
    """

    request_id: RequestId


def requests(owner: str | None = None) -> Iterator[type[Request[Any]]]:
    """Iterate over the declared calls, of one owner or of all, in the order of declaration."""
    return (cls for cls in _requests.values() if owner is None or cls.owner == owner)


_events: dict[str, type[Event]] = {}


class Event(Contract):
    """News of something that happened: ids, codes and facts known then, and nothing else."""

    unknown_fields = EXCLUDE
    wire_type: ClassVar[str] = ""
    addressed_by: ClassVar[str | None] = None
    """The field that names the one node this event is for; None when it is for everyone."""

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        versioned = _VERSION_SUFFIX.match(cls.__name__)
        if versioned is None:
            msg = f"an event class ends in its version, such as {cls.__name__}V1"
            raise MalformedContract(msg)
        if holds_sensitive(cls) or holds_free_text(cls):
            msg = (
                f"{cls.__name__} holds free or personal text; an event carries ids, codes and facts"
            )
            raise MalformedContract(msg)
        cls.wire_type = f"{snake_case(versioned['name'])}.v{versioned['version']}"
        _events[cls.wire_type] = cls


def events(owner: str | None = None) -> Iterator[type[Event]]:
    """Iterate over the declared events, of one owner or of all, in the order of declaration."""
    return (cls for cls in _events.values() if owner is None or cls.owner == owner)


def event_named(wire_type: str) -> type[Event]:
    """Find an event class by its wire type, such as ``petition_registered.v1``.

    Raises:
        KeyError: no contract declares it, or not in this version.
    """
    return _events[wire_type]
