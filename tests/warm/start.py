"""`python start.py SOCKET -m MODULE ARGUMENTS`: what a test sees of a process that the nursery forks.

It hands over its files, environment and folder, passes signals on, and ends as the process does, which is killed where
this one is.
"""

import json
import os
import signal
import socket
import sys

address, *arguments = sys.argv[1:]
asked = {"arguments": arguments, "folder": os.getcwd(), "environment": dict(os.environ)}
request = json.dumps(asked).encode()
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect(address)
    socket.send_fds(connection, [len(request).to_bytes(8, "big")], [0, 1, 2])
    connection.sendall(request)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda received, _: connection.sendall(bytes([received])))
    answer = connection.recv(16)
if not answer:
    sys.exit("the nursery is gone")
code = int(answer)
if code < 0:
    signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
os._exit(code)
