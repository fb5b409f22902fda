"""Accounts of the trial installation.

They are made only while the simulator is on, never beside a real Twilio account.
"""

from __future__ import annotations

DEMO_PASSWORD = "maraga-demo"
DEMO_STAFF = (  # username, name, role, section
    ("ani", "Ani Rahmawati", "pli", None),
    ("ali", "Ali Akbar", "pli", None),
    ("budi", "Budi Santoso", "section", "P2"),
    ("citra", "Citra Lestari", "section", "PKC"),
    ("dewi", "Dewi Anggraini", "editor", None),
    ("eko", "Eko Prasetyo", "supervisor", None),
    ("admin", "Administrator", "admin", None),
)
DEMO_ACCOUNTS = [
    (username, DEMO_PASSWORD, f"{role}{' ' + section if section else ''}")
    for username, _, role, section in DEMO_STAFF
]
