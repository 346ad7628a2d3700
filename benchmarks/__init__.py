"""The figures that the README quotes: `python -m benchmarks NAME`. Each has a module of its own."""
