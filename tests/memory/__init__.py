"""Tests of the memory, on real LanceDB tables in a folder of their own."""
