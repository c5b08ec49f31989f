"""Sign-in with the organisation's own accounts by OpenID Connect: authorization code with PKCE, and nothing else."""
