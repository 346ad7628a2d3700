"""The window and the tray icon. Imports no model runtime and opens no table."""
