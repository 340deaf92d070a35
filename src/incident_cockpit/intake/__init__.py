"""What comes in from elsewhere, made into lines and facts of ours; pure, nothing here obeys what it reads."""
