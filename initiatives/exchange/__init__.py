"""The register as tables that come out, are worked on in a spreadsheet and come in again.

Each table is described once (`tables`), and that description is what export, import, empty templates and documentation
are made of.
"""
