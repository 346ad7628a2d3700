"""The Jupyter widget."""
