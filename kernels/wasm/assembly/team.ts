// Threads over one memory. A job is handed to all of them, and they meet where one needs what another one made.

/** Words that threads watch stand on cache lines of their own. Twin of `places` in kernels/wasm/team.ts. */
const LINE: usize = 64;
const JOB: usize = LINE;
const READY: usize = 2 * LINE;
const SLEEPERS: usize = 3 * LINE;
const FAILED: usize = 4 * LINE;
const ROUNDS: usize = 5 * LINE;

/** What holds for as long as the team is there. */
@unmanaged
class Team {
  /** Threads, the caller's among them as number 0. */
  count: i32;
  /** Looks at a word before a thread that waits for it goes to sleep. */
  spins: i32;
  /** Tenths of a second without a sign of another thread after which it is given up. */
  patience: i32;
}

export function teamSize(count: i32): usize {
  return ROUNDS + <usize>count * LINE;
}

export function setTeam(at: usize, count: i32, spins: i32, patience: i32): void {
  const team = changetype<Team>(at);
  team.count = count;
  team.spins = spins;
  team.patience = patience;
}

export function teamCount(at: usize): i32 {
  return changetype<Team>(at).count;
}

/** Says that a thread stands ready for jobs. */
export function joinTeam(at: usize): void {
  atomic.add<i32>(at + READY, 1);
  atomic.notify(at + READY, -1);
}

/** Hands the next job to all threads but the caller's. */
export function startJob(at: usize): void {
  atomic.add<i32>(at + JOB, 1);
  wake(at, at + JOB);
}

/** Waits for the job after `last`; returns its number, or −1 where there is none to come. */
export function awaitJob(at: usize, last: i32): i32 {
  const job = at + JOB;
  for (let k = changetype<Team>(at).spins; k > 0; k--) {
    const number = atomic.load<i32>(job);
    if (number != last) return number;
  }
  atomic.add<i32>(at + SLEEPERS, 1);
  while (atomic.load<i32>(job) == last) atomic.wait<i32>(job, last, -1);
  atomic.sub<i32>(at + SLEEPERS, 1);
  return atomic.load<i32>(job);
}

// @ts-ignore: decorator
@inline
function wake(at: usize, word: usize): void {
  if (atomic.load<i32>(at + SLEEPERS) > 0) atomic.notify(word, -1);
}

/** Waits until every thread has come here; false where one of them failed. */
export function meet(at: usize, me: i32): bool {
  return awaitOthers(at, me, arrive(at, me, 1));
}

/**
 * Says that a thread has come to the next meeting, and returns its number: the thread may do other things before it waits.
 * @param meetings - 1, or more where it has nothing to bring to those that follow
 */
export function arrive(at: usize, me: i32, meetings: i32): i32 {
  const own = at + ROUNDS + <usize>me * LINE;
  const before = atomic.load<i32>(own);
  atomic.store<i32>(own, before + meetings);
  wake(at, own);
  return before + 1;
}

/** Waits until every thread has come to a meeting; false where one of them failed. */
export function awaitOthers(at: usize, me: i32, round: i32): bool {
  const team = changetype<Team>(at);
  for (let t = 0; t < team.count; t++) {
    if (t != me && !awaitThread(at, t, round)) return false;
  }
  return true;
}

/** Waits until one thread has come to a meeting; false where one of them failed. */
export function awaitThread(at: usize, thread: i32, round: i32): bool {
  return awaitRound(at, at + ROUNDS + <usize>thread * LINE, round);
}

// @ts-ignore: decorator
@inline
function awaitRound(at: usize, word: usize, round: i32): bool {
  for (let k = changetype<Team>(at).spins; k > 0; k--) {
    if (atomic.load<i32>(word) - round >= 0) return true;
  }
  return sleepUntil(at, word, round);
}

/** A thread that never comes is one that died: after a while it is given up. */
function sleepUntil(at: usize, word: usize, round: i32): bool {
  let silence = 0;
  atomic.add<i32>(at + SLEEPERS, 1);
  while (atomic.load<i32>(at + FAILED) == 0) {
    const seen = atomic.load<i32>(word);
    if (seen - round >= 0) break;
    const timedOut = atomic.wait<i32>(word, seen, 100_000_000) == 2;
    silence = timedOut ? silence + 1 : 0;
    if (silence == changetype<Team>(at).patience) atomic.store<i32>(at + FAILED, 1);
  }
  atomic.sub<i32>(at + SLEEPERS, 1);
  return atomic.load<i32>(at + FAILED) == 0;
}
