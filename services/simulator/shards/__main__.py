"""Started by a city with the sockets it listens on; see `worker`."""

import sys

from services.simulator.shards.worker import work

if __name__ == "__main__":
    work([int(file) for file in sys.argv[1:]])
