// Seeded randomness and strings without cached hashes.

/** mulberry32: the same numbers for the same seed everywhere. */
export function seeded(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    int: (n) => Math.floor(next() * n),
    pick: (list) => list[Math.floor(next() * list.length)],
    chance: (p) => next() < p,
  };
}

/** Copies texts so that each copy is a flat string of its own that nobody has hashed yet. */
export function freshCopies(texts) {
  const bytes = Buffer.from(texts.join(''), 'latin1');
  let at = 0;
  return texts.map((text) => bytes.latin1Slice(at, (at += text.length)));
}
