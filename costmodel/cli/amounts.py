"""Kinds of arguments that are amounts."""

import click

from costmodel.errors import InputError


class ShareBelowAll(click.ParamType[float]):
    """A share of one from 0% up to under 100%; `too_much` says what all of it comes to, `nothing` what 0% does, if wrong."""

    name = "share"

    def __init__(self, too_much: str, nothing: str = "") -> None:
        self.too_much, self.nothing = too_much, nothing

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        from costmodel.shapes import read, share
        from costmodel.yamlfile import scalar

        if isinstance(value, float):
            return value
        try:
            given: float = read(share(), scalar(value, param.opts[0] if param else "")).value
        except InputError as error:
            self.fail(f"{error.problems[0].message}; write for example 20%", param, ctx)
        if given == 0 and self.nothing:
            self.fail(f"{self.nothing}; write for example 20%", param, ctx)
        if given >= 1:
            self.fail(f"{self.too_much}; write for example 20%", param, ctx)
        return given


class Money(click.ParamType[float]):
    name = "amount"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        text = str(value).strip().lstrip("$").replace(",", "")
        try:
            amount = float(text)
        except ValueError:
            self.fail(f"'{value}' is not an amount of money; write for example 500", param, ctx)
        if not 0 <= amount < 1e15:
            self.fail(f"'{value}' is not an amount of money; write a number from 0 up", param, ctx)
        return amount
