"""Talks to mail servers up to STARTTLS; no mail is ever sent."""
