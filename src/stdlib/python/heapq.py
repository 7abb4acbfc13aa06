# `heapq`.

from _internals import native as _native

__all__ = [
    "heappush", "heappop", "heapify", "heapreplace", "merge", "nlargest", "nsmallest", "heappushpop",
]


@_native
def _put_back(heap, position, item, end):
    # A comparison has failed, or it has changed the heap: no item is lost by that.
    if position < len(heap):
        heap[position] = item
    if len(heap) != end:
        raise RuntimeError("list changed size during iteration") from None


@_native
def _sift_down(heap, position, item):
    # Moves `item`, which may be too large for `position`, towards the leaves: first the smaller
    # children move up all the way, then the item climbs to its place.
    end = len(heap)
    start = position
    child = 2 * position + 1
    try:
        while child < end:
            other = child + 1
            if other < end and not heap[child] < heap[other]:
                child = other
            heap[position] = heap[child]
            position = child
            child = 2 * position + 1
        while position > start:
            parent = (position - 1) >> 1
            if not item < heap[parent]:
                break
            heap[position] = heap[parent]
            position = parent
        heap[position] = item
    except:
        _put_back(heap, position, item, end)
        raise
    if len(heap) != end:
        _put_back(heap, position, item, end)


@_native
def _sift_up(heap, position, item):
    end = len(heap)
    try:
        while position > 0:
            parent = (position - 1) >> 1
            if not item < heap[parent]:
                break
            heap[position] = heap[parent]
            position = parent
        heap[position] = item
    except:
        _put_back(heap, position, item, end)
        raise
    if len(heap) != end:
        _put_back(heap, position, item, end)


@_native
def _checked(heap, where):
    if not isinstance(heap, list):
        # Only a deque is among the classes that CPython names with their module here.
        name = type(heap).__name__
        name = f"collections.{name}" if type(heap).__module__ == "collections" and name == "deque" else name
        raise TypeError(f"{where} must be list, not {name}")


@_native
def heappush(heap, item, /):
    if not isinstance(heap, list):
        _checked(heap, "heappush() argument 1")
    heap.append(item)
    _sift_up(heap, len(heap) - 1, item)


@_native
def heappop(heap, /):
    if not heap or not isinstance(heap, list):
        _checked(heap, "heappop() argument")
        raise IndexError("index out of range")
    last = heap.pop()
    if not heap:
        return last
    smallest = heap[0]
    _sift_down(heap, 0, last)
    return smallest


@_native
def heapreplace(heap, item, /):
    if not heap or not isinstance(heap, list):
        _checked(heap, "heapreplace() argument 1")
        raise IndexError("index out of range")
    smallest = heap[0]
    _sift_down(heap, 0, item)
    return smallest


@_native
def heappushpop(heap, item, /):
    if not isinstance(heap, list):
        _checked(heap, "heappushpop() argument 1")
    if heap and heap[0] < item:
        smallest = heap[0]
        _sift_down(heap, 0, item)
        return smallest
    return item


@_native
def heapify(heap, /):
    _checked(heap, "heapify() argument")
    for position in reversed(range(len(heap) // 2)):
        _sift_down(heap, position, heap[position])


# The same three for a heap whose largest item is the first.


@_native
def _sift_down_max(heap, position, item):
    end = len(heap)
    start = position
    child = 2 * position + 1
    try:
        while child < end:
            other = child + 1
            if other < end and not heap[other] < heap[child]:
                child = other
            heap[position] = heap[child]
            position = child
            child = 2 * position + 1
        while position > start:
            parent = (position - 1) >> 1
            if not heap[parent] < item:
                break
            heap[position] = heap[parent]
            position = parent
        heap[position] = item
    except:
        _put_back(heap, position, item, end)
        raise
    if len(heap) != end:
        _put_back(heap, position, item, end)


@_native
def _heappop_max(heap, /):
    if not heap or not isinstance(heap, list):
        _checked(heap, "_heappop_max() argument")
        raise IndexError("index out of range")
    last = heap.pop()
    if not heap:
        return last
    largest = heap[0]
    _sift_down_max(heap, 0, last)
    return largest


@_native
def _heapreplace_max(heap, item, /):
    if not heap or not isinstance(heap, list):
        _checked(heap, "_heapreplace_max() argument 1")
        raise IndexError("index out of range")
    largest = heap[0]
    _sift_down_max(heap, 0, item)
    return largest


@_native
def _heapify_max(heap, /):
    _checked(heap, "_heapify_max() argument")
    for position in reversed(range(len(heap) // 2)):
        _sift_down_max(heap, position, heap[position])


for _function in (
    heappush, heappop, heapreplace, heappushpop, heapify, _heappop_max, _heapreplace_max, _heapify_max,
):
    _function.__module__ = "_heapq"
del _function


def merge(*iterables, key=None, reverse=False):
    # The heads of all iterables, kept in order by (key, number of the iterable).
    heads = []
    for number, iterable in enumerate(iterables):
        iterator = iter(iterable)
        for item in iterator:
            heads.append([item if key is None else key(item), number, item, iterator])
            break
    while heads:
        best = heads[0]
        for head in heads[1:]:
            if (best[0] < head[0]) if reverse else (head[0] < best[0]):
                best = head
        yield best[2]
        for item in best[3]:
            best[0], best[2] = (item if key is None else key(item)), item
            break
        else:
            heads.remove(best)


def nsmallest(n, iterable, key=None):
    return sorted(iterable, key=key)[: max(n, 0)]


def nlargest(n, iterable, key=None):
    return sorted(iterable, key=key, reverse=True)[: max(n, 0)]
