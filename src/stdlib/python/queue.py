# `queue`: queues of one thread; what would wait for another thread for ever is an error.

from collections import deque
from heapq import heappop, heappush

__all__ = ["Empty", "Full", "ShutDown", "Queue", "PriorityQueue", "LifoQueue", "SimpleQueue"]


class Empty(Exception):
    pass


class Full(Exception):
    pass


class ShutDown(Exception):
    pass


Empty.__module__ = "_queue"


def _wait(block, timeout, give_up):
    # Nobody else can change a queue while its only thread waits.
    if block:
        if timeout is None:
            raise RuntimeError("the queue would wait for another thread for ever")
        if timeout < 0:
            raise ValueError("'timeout' must be a non-negative number")
        import time

        time.sleep(timeout)
    raise give_up


class Queue:
    def __init__(self, maxsize=0):
        self.maxsize = maxsize
        self.unfinished_tasks = 0
        self.is_shutdown = False
        self._init(maxsize)

    def _init(self, maxsize):
        self.queue = deque()

    def _qsize(self):
        return len(self.queue)

    def _put(self, item):
        self.queue.append(item)

    def _get(self):
        return self.queue.popleft()

    def qsize(self):
        return self._qsize()

    def empty(self):
        return not self._qsize()

    def full(self):
        return 0 < self.maxsize <= self._qsize()

    def put(self, item, block=True, timeout=None):
        if self.is_shutdown:
            raise ShutDown
        if self.full():
            _wait(block, timeout, Full)
        self._put(item)
        self.unfinished_tasks += 1

    def get(self, block=True, timeout=None):
        if not self._qsize():
            if self.is_shutdown:
                raise ShutDown
            _wait(block, timeout, Empty)
        return self._get()

    def put_nowait(self, item):
        return self.put(item, block=False)

    def get_nowait(self):
        return self.get(block=False)

    def task_done(self):
        if self.unfinished_tasks <= 0:
            raise ValueError("task_done() called too many times")
        self.unfinished_tasks -= 1

    def join(self):
        if self.unfinished_tasks:
            raise RuntimeError("the queue would wait for another thread for ever")

    def shutdown(self, immediate=False):
        self.is_shutdown = True
        if immediate:
            while self._qsize():
                self._get()
                if self.unfinished_tasks > 0:
                    self.unfinished_tasks -= 1


class PriorityQueue(Queue):
    def _init(self, maxsize):
        self.queue = []

    def _put(self, item):
        heappush(self.queue, item)

    def _get(self):
        return heappop(self.queue)


class LifoQueue(Queue):
    def _init(self, maxsize):
        self.queue = []

    def _get(self):
        return self.queue.pop()


class SimpleQueue:
    __slots__ = "__queue", "__weakref__"

    def __new__(cls, /, *args, **keywords):
        self = super().__new__(cls)
        self.__queue = deque()
        return self

    def put(self, item, block=True, timeout=None):
        self.__queue.append(item)

    def get(self, block=True, timeout=None):
        if not self.__queue:
            _wait(block, timeout, Empty)
        return self.__queue.popleft()

    def put_nowait(self, item):
        self.__queue.append(item)

    def get_nowait(self):
        return self.get(block=False)

    def empty(self):
        return not self.__queue

    def qsize(self):
        return len(self.__queue)
