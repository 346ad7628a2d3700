"""`python -m mirrordesk` is the `mirrordesk` command."""

from mirrordesk.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
