"""The keyring and the login that sealing finds."""

from tests.logins import login, system_keyring

__all__ = ["login", "system_keyring"]
