"""The ground: organisations and people, who may see what, and the register."""
