"""The command line: one file per command; main.py gathers them."""
