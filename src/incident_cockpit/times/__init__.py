"""Reading and wording of times, durations and business hours."""
