"""The `mirrordesk` command. Every subcommand has `--json`; every error is one sentence."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from mirrordesk.cli.parser import Command, parser
from mirrordesk.errors import MirrorDeskError
from mirrordesk.paths import Profile


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status (see `mirrordesk.errors`)."""
    try:
        options = parser().parse_args(arguments)
        profile = Profile.open(options.profile)
        command: Command = options.command
        status = command(options, profile)
        sys.stdout.flush()
        return status
    except MirrorDeskError as error:
        print(f"mirrordesk: {error}", file=sys.stderr)
        return error.exit_status
    except BrokenPipeError:
        # `mirrordesk timeline | head` ends quietly. The signal itself stays ignored: it would end
        # the window, too, when one of its workers dies.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
