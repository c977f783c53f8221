"""The ways in which a command fails and says so: what happened, why, and what to do."""

from __future__ import annotations

from balian.exit_codes import ExitCode


class CommandFault(Exception):
    """An expected fault of a command; caught at the edge, said, and turned into an exit code."""

    exit_code = ExitCode.FAULT

    def __init__(self, *, what: str, why: str = "", todo: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.todo = todo


class HostUnreachable(CommandFault):
    """Nobody answers at the socket or the broker; start a host, or name the right place."""

    exit_code = ExitCode.UNREACHABLE


class DirectoryInUse(CommandFault):
    """Another host holds the store directory; use its socket, or stop it first."""

    exit_code = ExitCode.DIRECTORY_IN_USE


class BadInput(CommandFault):
    """A file or argument is not what it should be; correct it, nothing was touched."""

    exit_code = ExitCode.BAD_INPUT


class NotOurDirectory(CommandFault):
    """The directory holds things that balian did not make; name another one."""

    exit_code = ExitCode.NOT_OURS


class WrongUsage(CommandFault):
    """The options contradict each other; see `--help`."""

    exit_code = ExitCode.USAGE


class NotAtRest(CommandFault):
    """The bus does not come to rest; the message names what still waits and where."""

    exit_code = ExitCode.NOT_AT_REST


class NotAsWritten(CommandFault):
    """A casebook's line went otherwise than it says; the message names the line."""

    exit_code = ExitCode.NOT_AS_WRITTEN
