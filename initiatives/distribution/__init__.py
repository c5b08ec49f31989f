"""Money shared by weights: exact to the krona, simulated before it is decided, and run so that it can be run again."""
