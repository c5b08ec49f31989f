"""Indicators: what is measured, what shall be reached, the values, and how they stand.

`tables` has the rows, `targets` the rules, `register` and `measured` write, `standing` reads, `importing` brings in.
"""
