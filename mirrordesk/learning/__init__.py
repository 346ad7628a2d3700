"""What can be learnt from moments without a model: pure functions from records to notes."""
