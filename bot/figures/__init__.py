"""Figures: what the desk did in a span of time. Reads only; knows neither HTTP nor HTML."""
