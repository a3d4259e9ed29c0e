/** The newest `capacity` items; older ones are forgotten. Index 0 is the oldest kept. */
export class Ring<Item> {
  readonly capacity: number;
  #items: Item[] = [];
  #start = 0;
  /** How many were ever pushed. */
  total = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#items.length;
  }

  push(item: Item): void {
    this.total += 1;
    if (this.#items.length < this.capacity) {
      this.#items.push(item);
    } else {
      this.#items[this.#start] = item;
      this.#start = (this.#start + 1) % this.capacity;
    }
  }

  clear(): void {
    this.#items = [];
    this.#start = 0;
  }

  at(index: number): Item | undefined {
    return this.#items[(this.#start + index) % this.capacity];
  }

  /** Oldest first. */
  toArray(): Item[] {
    return [...this.#items.slice(this.#start), ...this.#items.slice(0, this.#start)];
  }
}
