"""Suggestions to the register (*förslag till registret*): what rules read out of documents, for people to judge."""
