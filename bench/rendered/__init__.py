"""Text files as PDF and Word documents, made by other programs, and what reading them back costs the answers."""
