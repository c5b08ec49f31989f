"""State grants: agreements with the state, their parts, what each demands and when, and what the money became."""
