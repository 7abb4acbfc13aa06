"""Conway's game on a torus: nested loops over lists of lists."""
WIDTH, HEIGHT = 64, 64
cells = [[(x * 7 + y * 13 + x * y) % 5 == 0 for x in range(WIDTH)] for y in range(HEIGHT)]
for _ in range(60):
    fresh = []
    for y in range(HEIGHT):
        above, row, below = cells[y - 1], cells[y], cells[(y + 1) % HEIGHT]
        line = []
        for x in range(WIDTH):
            left, right = x - 1, (x + 1) % WIDTH
            around = (
                above[left] + above[x] + above[right] + row[left] + row[right] + below[left] + below[x] + below[right]
            )
            line.append(around == 3 or (around == 2 and row[x]))
        fresh.append(line)
    cells = fresh
print(sum(map(sum, cells)))
