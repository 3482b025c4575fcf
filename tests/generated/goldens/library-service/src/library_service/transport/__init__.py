"""What the service listens on: which services, on which servers."""
