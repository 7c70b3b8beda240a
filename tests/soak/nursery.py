"""
`python -m tests.soak.nursery N [QUEUE…]`: N workers, each as `leadlight work` runs it, and a new one for each that dies.

They are forked from a process that has everything loaded, so that being born takes no time worth mentioning and
the soak is spent on dying.
"""

import gc
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

import django


def main(n: int, queues: Sequence[str]) -> None:
    """Keep n workers until told to stop, then have them stop; of all queues unless some are named."""
    django.setup()
    from django.core.management import call_command

    from leadlight.config.subscriptions import SUBSCRIPTIONS
    from leadlight.jobs import registry
    from leadlight.messages.rules.language import check

    for name in ("scoring.train_and_score", *(name for names in SUBSCRIPTIONS.values() for name in names)):
        registry.handler(name)  # loads its room
    check("")  # reads the phrases that no message may hold
    gc.freeze()  # else each newborn's first collection copies all of this
    children: set[int] = set()
    stopped = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True
        for pid in children:
            os.kill(pid, signal.SIGTERM)

    signals = (signal.SIGTERM, signal.SIGINT)
    for number in signals:
        signal.signal(number, stop)
    while True:
        while len(children) < n and not stopped:
            # A stop that comes between fork and the child's own handler would be lost.
            signal.pthread_sigmask(signal.SIG_BLOCK, signals)
            pid = os.fork()
            if pid == 0:
                for number in signals:
                    signal.signal(number, signal.SIG_DFL)
                signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)
                call_command("work", *(("--queues", *queues) if queues else ()))
                os._exit(0)
            children.add(pid)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)
        if not children:
            return
        died, _ = os.wait()
        children.discard(died)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
