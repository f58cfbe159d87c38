"""What rooms read from the ground. One file per topic."""
