/** The hash of src/random.ts and the jumps of kernels/jumps.ts: integers, and products without a sum. */
export const randomWgsl = /* wgsl */ `
fn mix(word: u32) -> u32 {
  var x = word;
  x ^= x >> 16u;
  x *= 0x85ebca6bu;
  x ^= x >> 13u;
  x *= 0xc2b2ae35u;
  return x ^ (x >> 16u);
}

fn fold(key: vec2u, word: u32) -> vec2u {
  let a = mix((key.x ^ (word * 0x9e3779b1u)) + key.y);
  let b = mix((key.y + word * 0x85ebca77u) ^ ((a << 16u) | (a >> 16u)));
  return vec2u(a, b);
}

fn bits_of(key: vec2u, counter: u32) -> u32 {
  var x = counter * 0x9e3779b1u + key.x;
  x ^= x >> 16u;
  x = x * 0x21f0aaadu + key.y;
  x ^= x >> 15u;
  x *= 0x735a2d97u;
  return x ^ (x >> 15u);
}

fn uniform_of(key: vec2u, counter: u32) -> f32 { return f32(bits_of(key, counter) >> 8u) * 5.9604644775390625e-8; }

fn normal_of(key: vec2u, counter: u32) -> f32 {
  let h = bits_of(key, counter);
  return real(NORMAL_TABLE + (h & 255u) + ((h >> 8u) & 255u) + ((h >> 16u) & 255u) + (h >> 24u));
}

fn rung_of(p: f32) -> u32 {
  return u32(clamp(i32(bitcast<u32>(p) >> 20u) - 759, 0, 256));
}

fn negative_log2(h: u32) -> u32 {
  let v = max(h, 1u);
  let zeros = countLeadingZeros(v);
  let m = v << zeros;
  let i = LOG2_TABLE + ((m >> 23u) & 255u);
  let low = data[i];
  let part = ((data[i + 1u] - low) * ((m >> 8u) & 0x7fffu)) >> 15u;
  return ((zeros + 1u) << 24u) - low - part;
}

/// Rows skipped before candidate number counter; may be far beyond any row.
fn gap_of(key: vec2u, counter: u32, rung: u32) -> f32 {
  return mul(to_float(negative_log2(bits_of(key, counter))), real(GAP_SCALE_TABLE + rung));
}
`;
