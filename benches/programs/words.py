"""Strings, dictionaries and sorting: words made by a small generator of numbers, counted and ranked."""
state = 12345
words = []
for _ in range(150_000):
    state = (state * 1103515245 + 12345) % 2147483648
    number = state >> 12
    words.append("kmnprst"[number % 7] + "aeiou"[number // 7 % 5] + "lnrst"[number // 35 % 5] + "aeiou"[number // 175 % 5])
counts = {}
for word in words:
    counts[word] = counts.get(word, 0) + 1
ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
print(len(ranked), " ".join(f"{word}:{count}" for word, count in ranked[:5]))
print(len(" ".join(words).replace("a", "A").upper().split("T")))
