"""The gateway: what Twilio brings in, what goes out through it, and how it fared."""
