"""The desk: tickets, the sections' consultations, and the clocks of the promise."""
