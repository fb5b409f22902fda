"""How each article fares, for who keeps the FAQ true."""
