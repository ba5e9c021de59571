;; Dot products of one query with many rows of int8 codes, four rows a turn.
;;
;; Memory is handed in by scan-wasm.ts, which lays it out. `scan` reads
;;   $query   the query as i16, $width of them
;;   $rows    rows of $width i8 each; $width is a multiple of 16
;;   $scales  one f32 a row
;; and writes f32(dot product) * scale of each row to $scores. $count is a multiple of 4 and not 0.
;;
;; After a change: node models/core/vectors/write-scan-bytes.ts
(module
  (import "index" "memory" (memory 1))
  (func (export "scan")
    (param $query i32) (param $rows i32) (param $scales i32) (param $scores i32) (param $width i32) (param $count i32)
    (local $q i32) (local $queryEnd i32) (local $scoresEnd i32)
    (local $row0 i32) (local $row1 i32) (local $row2 i32) (local $row3 i32)
    (local $codes v128) (local $sum0 v128) (local $sum1 v128) (local $sum2 v128) (local $sum3 v128)

    ;; queryEnd = query + 2 * width
    local.get $query
    local.get $width
    i32.const 1
    i32.shl
    i32.add
    local.set $queryEnd
    ;; scoresEnd = scores + 4 * count
    local.get $scores
    local.get $count
    i32.const 2
    i32.shl
    i32.add
    local.set $scoresEnd

    loop $fourRows
      ;; row0..row3 = the next four rows
      local.get $rows
      local.tee $row0
      local.get $width
      i32.add
      local.tee $row1
      local.get $width
      i32.add
      local.tee $row2
      local.get $width
      i32.add
      local.tee $row3
      local.get $width
      i32.add
      local.set $rows
      v128.const i32x4 0 0 0 0
      local.tee $sum0
      local.tee $sum1
      local.tee $sum2
      local.set $sum3
      local.get $query
      local.set $q

      loop $sixteenCodes
        ;; The first 8 of 16: widen the codes of each row to i16, multiply, add neighbours to i32.
        local.get $q
        v128.load
        local.set $codes
        local.get $row0
        v128.load8x8_s
        local.get $codes
        i32x4.dot_i16x8_s
        local.get $sum0
        i32x4.add
        local.set $sum0
        local.get $row1
        v128.load8x8_s
        local.get $codes
        i32x4.dot_i16x8_s
        local.get $sum1
        i32x4.add
        local.set $sum1
        local.get $row2
        v128.load8x8_s
        local.get $codes
        i32x4.dot_i16x8_s
        local.get $sum2
        i32x4.add
        local.set $sum2
        local.get $row3
        v128.load8x8_s
        local.get $codes
        i32x4.dot_i16x8_s
        local.get $sum3
        i32x4.add
        local.set $sum3
        ;; The other 8.
        local.get $q
        v128.load offset=16
        local.set $codes
        local.get $row0
        v128.load8x8_s offset=8
        local.get $codes
        i32x4.dot_i16x8_s
        local.get $sum0
        i32x4.add
        local.set $sum0
        local.get $row1
        v128.load8x8_s offset=8
        local.get $codes
        i32x4.dot_i16x8_s
        local.get $sum1
        i32x4.add
        local.set $sum1
        local.get $row2
        v128.load8x8_s offset=8
        local.get $codes
        i32x4.dot_i16x8_s
        local.get $sum2
        i32x4.add
        local.set $sum2
        local.get $row3
        v128.load8x8_s offset=8
        local.get $codes
        i32x4.dot_i16x8_s
        local.get $sum3
        i32x4.add
        local.set $sum3

        local.get $row0
        i32.const 16
        i32.add
        local.set $row0
        local.get $row1
        i32.const 16
        i32.add
        local.set $row1
        local.get $row2
        i32.const 16
        i32.add
        local.set $row2
        local.get $row3
        i32.const 16
        i32.add
        local.set $row3
        local.get $q
        i32.const 32
        i32.add
        local.tee $q
        local.get $queryEnd
        i32.lt_u
        br_if $sixteenCodes
      end

      ;; sum0 = lanes (0+2 of sum0, 0+2 of sum1, 1+3 of sum0, 1+3 of sum1)
      local.get $sum0
      local.get $sum1
      i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23
      local.get $sum0
      local.get $sum1
      i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31
      i32x4.add
      local.set $sum0
      ;; sum2 = the same of sum2 and sum3
      local.get $sum2
      local.get $sum3
      i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23
      local.get $sum2
      local.get $sum3
      i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31
      i32x4.add
      local.set $sum2

      ;; scores[0..3] = f32(whole sum of each row) * scales[0..3]
      local.get $scores
      local.get $sum0
      local.get $sum2
      i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23
      local.get $sum0
      local.get $sum2
      i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31
      i32x4.add
      f32x4.convert_i32x4_s
      local.get $scales
      v128.load
      f32x4.mul
      v128.store

      local.get $scales
      i32.const 16
      i32.add
      local.set $scales
      local.get $scores
      i32.const 16
      i32.add
      local.tee $scores
      local.get $scoresEnd
      i32.lt_u
      br_if $fourRows
    end
  )
)
