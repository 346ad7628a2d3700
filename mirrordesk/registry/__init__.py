"""The models there are to choose from, and the files of those that are here."""
