"""The dialogue with the municipalities: what was talked about, what is agreed, and how far each delområde has come."""
