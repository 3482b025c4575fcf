import sys

from ours import serve

serve(grpc=int(sys.argv[1]))
