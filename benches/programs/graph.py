"""Dicts, sets and tuples as keys: shortest paths on a grid with walls, level by level."""
def walls(size):
    return {(x, y) for x in range(size) for y in range(size) if x * y % 7 == 3}


def distances(size, blocked):
    start = (0, 0)
    found = {start: 0}
    level = [start]
    while level:
        following = []
        for x, y in level:
            steps = found[x, y] + 1
            for place in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
                if place in found or place in blocked:
                    continue
                if 0 <= place[0] < size and 0 <= place[1] < size:
                    found[place] = steps
                    following.append(place)
        level = following
    return found


for _ in range(3):
    blocked = walls(220)
    found = distances(220, blocked)
by_length = {}
for place, steps in found.items():
    by_length.setdefault(steps % 10, set()).add(place)
print(len(found), max(found.values()), {key: len(by_length[key]) for key in sorted(by_length)})
