"""A virtual desktop with real programs, for machines without a screen."""
