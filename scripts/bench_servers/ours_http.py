import sys

from ours import serve

serve(http=int(sys.argv[1]))
