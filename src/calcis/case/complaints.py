"""How do pydantic's complaints about a case file become ours, with line, column and nearest name?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from calcis.case.form import MOST_ARMS, MOST_POINTS, CaseForm
from calcis.errors import InputError, nearest
from calcis.reading import Document, Where, shown

Form = TypeVar("Form", bound=BaseModel)


def read_form(document: Document, form: type[Form] = CaseForm) -> Form:  # type: ignore[assignment]
    """A document checked against a form, that of a case file unless another is named.

    Raises InputError for the first fault, misspelt keys before all others: they explain missing ones.
    """
    try:
        return form.model_validate(document.data)
    except ValidationError as problem:
        wrongs = [_complaint(document, form, dict(error)) for error in problem.errors(include_url=False)]
    wrongs.sort(key=lambda wrong: (wrong[0], wrong[1].line or 0, wrong[1].column or 0))
    raise wrongs[0][1]


def _complaint(document: Document, form: type[BaseModel], error: dict[str, Any]) -> tuple[int, InputError]:
    where = _where(document, error["loc"])
    kind, context = error["type"], error.get("ctx", {})
    file = "the case file" if form is CaseForm else "the file"
    name = ".".join(map(str, where)) or file
    if kind == "calcis":
        return 1, document.error(where, context["expected"], context["got"], context["nearest"])
    if kind == "extra_forbidden":
        valid = _keys_at(form, where[:-1])
        left = [key for key in valid if key not in document.at(where[:-1])]
        expected = f"a key of {'.'.join(map(str, where[:-1])) or file}: {', '.join(valid)}"
        got = shown(where[-1])
        return 0, document.error(where, expected, got, nearest(str(where[-1]), left or valid), key=True)
    value = document.at(where)
    if kind == "missing":
        return 1, document.error(where, f"`{error['loc'][-1]}` in {name}", "none", key=bool(where))
    if kind == "literal_error":
        words = context["expected"].replace("'", "")
        near = nearest(value, re.split(", | or ", words)) if isinstance(value, str) else None
        return 1, document.error(where, words, shown(value), near)
    expected = _EXPECTED.get(kind, error["msg"])
    if kind in ("too_short", "too_long") and form is not CaseForm:
        least, most = context.get("min_length"), context.get("max_length")
        expected = f"at least {least} in {name}" if kind == "too_short" else f"at most {most} in {name}"
    elif kind in ("too_short", "too_long") and context["field_type"] == "List":
        expected = f"1 to {MOST_POINTS} points of a course"
    if kind == "string_too_long":
        expected = f"at most {context['max_length']} characters"
    if kind in _LIMITS:
        words, key = _LIMITS[kind]
        expected = f"a number {words} {context[key]:g}"
    of_key = error["loc"][-1:] == ("[key]",)
    return 1, document.error(where, expected, shown(error["input"] if of_key else value), key=of_key)


_EXPECTED = {
    "model_type": "a mapping, lines of `key: value`",
    "model_attributes_type": "a mapping, lines of `key: value`",
    "dict_type": "a mapping, lines of `key: value`",
    "list_type": "a list [...]",
    "string_type": "text",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "finite_number": "a finite number",
    "union_tag_not_found": "a dose such as `denosumab 60 mg SC every 26 weeks`, or {changes: {...}}",
    "too_short": "at least one arm",
    "too_long": f"at most {MOST_ARMS} arms",
    "string_too_short": "a name",
}

_LIMITS = {
    "greater_than_equal": ("of at least", "ge"),
    "greater_than": ("above", "gt"),
    "less_than_equal": ("of at most", "le"),
    "less_than": ("below", "lt"),
}


def _where(document: Document, steps: Iterable[Any]) -> Where:
    """The part of pydantic's location that is in the file; it also names branches of choices."""
    where: Where = ()
    for step in steps:
        if (*where, step) in document.values:
            where = (*where, step)
    return where


def _keys_at(form: Any, where: Where) -> list[str]:
    """The valid keys of the mapping at `where` in the form."""
    for step in where:
        form = _below(form, step)
    found = next(iter(_models(form)), None)
    return list(found.model_fields) if found is not None else []


def _below(annotation: Any, step: str | int) -> Any:
    """The annotation of what stands under a key or position of something annotated so."""
    model = next((one for one in _models(annotation) if step in one.model_fields), None)
    if model is not None:
        return model.model_fields[step].annotation
    arguments = get_args(annotation)
    if get_origin(annotation) in (dict, list):
        return arguments[-1]
    return next((found for one in arguments if (found := _below(one, step)) is not None), None)


def _models(annotation: Any) -> Iterator[Any]:
    """The forms that a value annotated so may itself have, not those of what is in it."""
    if hasattr(annotation, "model_fields"):
        yield annotation
    elif get_origin(annotation) not in (dict, list):
        for choice in get_args(annotation):
            yield from _models(choice)
