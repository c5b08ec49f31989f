"""How quickly the API answers over a large register, beside the same rows by asyncpg alone and by an ordinary stack."""
