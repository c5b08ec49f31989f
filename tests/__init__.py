"""The tests mirror the four packages; contracts and browser tests stand beside them."""
