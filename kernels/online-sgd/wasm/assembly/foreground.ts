// Lists of the inputs of a sample that differ from the background, which are made once, when samples are loaded: most of an
// image of a digit is background. A list is a word that counts its entries and then a word each, the row in the low 24 bits and
// its code above; the last entry repeats itself up to a whole vector, so that four at a time can be taken with none left over.

/** Bytes before the first entry. */
const COUNT_SIZE: usize = 4;
const ROW: u32 = 0xffffff;
const CODE_SHIFT: u32 = 24;

// @ts-ignore: decorator
@inline
export function countOf(list: usize): i32 {
  return load<i32>(list);
}

/** Address of a list's first entry. */
// @ts-ignore: decorator
@inline
export function firstOf(list: usize): usize {
  return list + COUNT_SIZE;
}

// @ts-ignore: decorator
@inline
export function rowOf(entry: u32): u32 {
  return entry & ROW;
}

// @ts-ignore: decorator
@inline
export function codeOf(entry: u32): u32 {
  return entry >>> CODE_SHIFT;
}

// @ts-ignore: decorator
@inline
export function rowsOf(entries: v128): v128 {
  return v128.and(entries, i32x4.splat(ROW));
}

// @ts-ignore: decorator
@inline
export function codesOf(entries: v128): v128 {
  return i32x4.shr_u(entries, CODE_SHIFT);
}

/** Bytes that the lists of `count` samples take at the most. */
export function listsSize(count: i32, features: i32): usize {
  return <usize>count * (COUNT_SIZE + (<usize>((features + 3) & ~3) << 2));
}

/**
 * Lists `count` samples of `features` codes each.
 * @param starts - where their lists' addresses are written
 * @param to - where the lists are written, one behind the other
 * @returns where they end
 */
export function listCodes(codes: usize, count: i32, features: i32, background: u32, starts: usize, to: usize): usize {
  let end = to;
  for (let i = 0; i < count; i++) {
    store<u32>(starts + ((<usize>i) << 2), <u32>end);
    end = listSample(codes + <usize>i * <usize>features, features, background, end);
  }
  return end;
}

function listSample(codes: usize, features: i32, background: u32, list: usize): usize {
  const sixteen = i8x16.splat(<i8>background);
  let end = firstOf(list);
  for (let first = 0; first < features; first += 16) {
    const left = features - first;
    if (left >= 16 && i8x16.all_true(i8x16.eq(v128.load(codes + <usize>first), sixteen))) continue;
    for (let k = first; k < first + min(left, 16); k++) {
      const code = <u32>load<u8>(codes + <usize>k);
      // Written always, and kept where it is foreground: no branch on what an image holds.
      store<u32>(end, <u32>k | (code << CODE_SHIFT));
      end += (<usize>(code != background)) << 2;
    }
  }
  const count = (end - firstOf(list)) >>> 2;
  store<u32>(list, <u32>count);
  for (; (end - firstOf(list)) & 15; end += 4) store<u32>(end, load<u32>(end - 4));
  return end;
}
