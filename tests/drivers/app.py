"""What the applications in this folder share.

An application writes rows and reads them back until it is told to stop by
SIGTERM, and then prints how many. It ends with a traceback, and not with 0, at
the first statement that fails and at the first value that is not as written.
"""
import signal
import sys
import time

# What a value of the old version is for the new one.
FACTOR = {"old": 1, "new": 100}


class Stop:
    def __init__(self):
        self.asked = False
        signal.signal(signal.SIGTERM, self._ask)

    def _ask(self, *_):
        self.asked = True


def run(rounds, version):
    """Calls rounds(number, value), which does one round, until it is stopped."""
    stop = Stop()
    number = 0
    while not stop.asked:
        rounds(number, number % 1000 * FACTOR[version])
        number += 1
        time.sleep(0.01)  # the machine is for the others, too
        if number == 1:
            print("running", flush=True)
    print("rounds", number, flush=True)


def expect(found, wanted):
    if found != wanted:
        sys.exit(f"found {found!r}, not {wanted!r}")
