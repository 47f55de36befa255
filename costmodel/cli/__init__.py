"""The command line: one file per command, loaded when it is called."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NoReturn

import click

from costmodel import __version__

# The commands in the order of the help; the file is named after the command.
COMMANDS = (
    "estimate",
    "explain",
    "compare",
    "plan",
    "forecast",
    "sweep",
    "breakeven",
    "sensitivity",
    "simulate",
    "optimise",
    "chart",
    "report",
    "export",
    "appendix",
    "accuracy",
    "list",
    "show",
    "validate",
    "new",
    "schema",
    "rates",
)


class Commands(click.Group):
    """Commands by the files that hold them, modules of `package`; our errors become messages."""

    def __init__(self, *args: Any, package: str, files: Mapping[str, str], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.package, self.files = package, files

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.files]  # `list` is the module of that command here

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.files:
            return None
        command: click.Command = import_module(f"{self.package}.{self.files[name]}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in self.files and not args[0].startswith("-"):
            from costmodel.errors import did_you_mean

            raise click.UsageError(f"there is no command '{args[0]}'.{did_you_mean(args[0], self.files)}", ctx)
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None and not ctx.resilient_parsing:
            _refuse_options_given_twice(command, rest)
        return name, command, rest

    def invoke(self, ctx: click.Context) -> Any:
        from costmodel.errors import InputError

        try:
            return super().invoke(ctx)
        except InputError as error:
            for problem in error.problems:
                click.echo(problem, err=True)
            ctx.exit(2)


def _refuse_options_given_twice(command: click.Command, args: list[str]) -> None:
    """Of an option that takes one value, click takes the last without a word. Raises InputError."""
    from costmodel.errors import InputError

    try:
        _, _, given = command.make_parser(click.Context(command)).parse_args(args=[*args])  # options also after arguments
    except click.UsageError:
        return  # click says it when it reads them again
    single = [option for option in given if isinstance(option, click.Option) and not option.multiple and not option.is_flag]
    twice = {option.opts[-1]: None for option in single if single.count(option) > 1}
    if twice:
        raise InputError(*(f"{name} is given twice" for name in twice))


@click.group(
    cls=Commands,
    package="costmodel.cli",
    files={name: name for name in COMMANDS},
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="costmodel")
def main() -> None:
    """What a cloud architecture costs, from a traffic scenario, a pattern and a dated rate card.

    \b
    costmodel estimate --pattern itl --scenario large
    costmodel explain --pattern itl --scenario large ingest
    costmodel list patterns
    """


def run() -> NoReturn:
    """The console script: `main` in a process of its own, which starts and ends faster than Python's usual way.

    Start-up makes many objects and no garbage, so collections wait; and nothing is gained by freeing every object at
    the end, so after the exit functions have run and the streams are flushed the process just stops.
    """
    import atexit
    import gc
    import os
    import sys

    gc.set_threshold(100_000)
    try:
        main()
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except OSError as error:  # a full disk, or whoever read our output has gone
        click.echo(f"the output cannot be written: {error.strerror}", err=True)
        code = 2
    except Exception as error:
        code = _report_bug(error)
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # whoever read our output has gone
        code = 1
    os._exit(code)


def _report_bug(error: Exception) -> int:
    """What is left is a mistake of ours: say so, with the traceback only for those who ask for it."""
    import os
    import traceback

    if os.environ.get("COSTMODEL_TRACEBACK"):
        traceback.print_exception(error)
    click.echo(f"costmodel has failed, which is a bug: {type(error).__name__}: {error}", err=True)
    click.echo("Please report it with what COSTMODEL_TRACEBACK=1 shows.", err=True)
    return 70
