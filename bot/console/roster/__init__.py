"""Who is on duty when; signing on and off; where an officer is called at night."""
