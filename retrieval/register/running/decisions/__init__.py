"""What has been decided: `matters`, `decisions`, their att-satser (`clauses`), `assignments`, and who was against it.

`standing` has the words that att-satser and assignments share.
"""
