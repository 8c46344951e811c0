"""Scripts that measure Lilo and print a table. Run each by `python -m benchmarks.NAME`."""
