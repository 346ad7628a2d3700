"""Time in the words of a question: which span of the past they name."""
