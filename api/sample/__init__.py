"""The sample region: invented documents and an invented register, so that a new installation has something to show."""
