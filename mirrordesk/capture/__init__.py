"""Decides what is new and allowed, and makes it durable. Its one model hears speech."""
