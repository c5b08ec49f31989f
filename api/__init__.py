"""The door: HTTP, pages, command line and processes; the only place where things are wired."""
