"""The `mirrordesk` command. Every subcommand has `--json`; every error is one sentence."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

from mirrordesk.cli.parser import Command, parser
from mirrordesk.errors import MirrorDeskError
from mirrordesk.paths import Profile


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status (see `mirrordesk.errors`)."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `mirrordesk timeline | head` ends quietly
    try:
        options = parser().parse_args(arguments)
        profile = Profile.open(options.profile)
        command: Command = options.command
        return command(options, profile)
    except MirrorDeskError as error:
        print(f"mirrordesk: {error}", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
