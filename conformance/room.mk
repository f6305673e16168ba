# Black-box cases, run against a live gateway.
