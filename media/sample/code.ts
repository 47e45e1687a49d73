/** How many ways there are to climb a staircase with steps of one or two. */
export function ways(stairs: number): number {
  let [before, now] = [0, 1];
  for (let n = 0; n < stairs; n++) {
    [before, now] = [now, before + now];
  }
  return now;
}

const greeting = `There are ${ways(10)} ways to climb ten stairs.`;
console.log(greeting);
