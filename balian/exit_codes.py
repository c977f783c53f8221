"""What every command of `balian` tells the shell when it ends; `docs/cli.md` lists the same."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """One number for each way a command can end, the same in every command."""

    OK = 0
    """Everything asked for was done."""
    NOT_AS_WRITTEN = 1
    """A rule refused the call, or a casebook did not go as written."""
    USAGE = 2
    """The command line itself is wrong: an unknown option, a missing argument."""
    UNREACHABLE = 3
    """No host, broker or store answers where one was expected, or it went away."""
    DIRECTORY_IN_USE = 4
    """Another host holds the store directory."""
    BAD_INPUT = 5
    """A file, setting, store or JSON argument is not what it should be; nothing was touched."""
    NOT_OURS = 6
    """The directory is no store directory of balian, so it is not emptied or opened."""
    MACHINE_LACKS = 7
    """`doctor` misses something without which not even the embedded host runs."""
    FAULT = 8
    """A service could not answer; nothing was decided and the same call may be sent again."""
    NOT_AT_REST = 9
    """The bus did not come to rest: messages still wait or circulate."""
    NOT_AS_PROVISIONED = 10
    """`provision --check` found the broker or the database other than the map says."""
    INTERRUPTED = 130
    """Ctrl-C."""
