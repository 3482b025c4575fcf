"""The runtime behind a service's transport layer: servers, middleware, transcoding, configuration, clients.

Read it top down: `lifecycle` starts and stops the servers, `grpc_server` and `http.app` turn wire calls
into `(request, Context)`, `middleware` is what happens around every handler, `rpc` is the method table that
ties them to the contract. `errors` is the one vocabulary of failures, on both sides of the wire.
"""
