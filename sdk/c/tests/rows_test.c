/* Plans and rows. */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <tidegate.h>

static tg_table table(void) {
  static const char *names[] = {"x", "y", "z"};
  const tg_kind kinds[] = {tg_test_int(), tg_test_int(), tg_test_varchar()};
  return tg_test_table("a", "b", 3, names, kinds);
}

static void columns_behind_the_filter(void) {
  tg_table t = table();
  tg_plan plan = {0};
  assert(tg_plan_map(&plan, &t, 2) == 0);
  tg_plan_remove(&plan, &t, 1);
  assert(tg_plan_add(&plan, &t, &t.columns.ptr[1]) == 1);
  const uint32_t expected[][2] = {{0, 0}, {1, 0}, {1, 1}};
  assert(plan.columns.is_some && plan.columns.val.len == 3);
  for (size_t i = 0; i < 3; i++) {
    assert(plan.columns.val.ptr[i].produced.tag == expected[i][0]);
    assert(plan.columns.val.ptr[i].produced.val.input == expected[i][1]);
  }
  assert(tg_equal(plan.columns.val.ptr[1].column.name, tg_of("z")));
  assert(plan.needs.len == 1 && plan.needs.ptr[0] == 2);
  uint32_t index;
  assert(tg_index(&t, tg_of("Z"), &index) && index == 2 && !tg_index(&t, tg_of("zz"), &index));
}

static void rows_and_their_images(void) {
  tg_table t = table();
  tg_error error = {NULL};
  const int64_t numbers[] = {7, 8};
  const tg_cells after[] = {tg_test_ints(2, numbers), tg_test_ints(2, numbers), tg_test_ints(2, numbers)};
  const tg_test_images images = {NULL, after};
  tg_rows rows = tg_test_rows(&t, TG_INSERT, 2, &images);
  assert(rows.images_count == 1 && rows.images[0] == TG_AFTER && !rows.verdicts[TG_BEFORE]);
  tg_column column;
  int64_t number;
  assert(tg_read(&rows, TG_AFTER, 1, &column, &error));
  assert(tg_int_at(&column, 1, &number) && number == 8);
  assert(!tg_read(&rows, TG_BEFORE, 1, &column, &error) && strstr(error.text, "not in this image"));
  assert(!tg_read(&rows, TG_AFTER, 3, &column, &error) && strstr(error.text, "a table that has 3"));
  assert(tg_refuse(&rows, "a") == 0x80000000u && tg_refuse(&rows, "b") == 0x80000001u);
  assert(tg_refuse(&rows, "a") == 0x80000000u && rows.held.reasons.len == 2);
}

static void a_column_is_handed_back(void) {
  tg_table t = table();
  const int64_t numbers[] = {7, 8};
  const tg_cells after[] = {tg_test_ints(2, numbers)};
  const tg_test_images images = {NULL, after};
  tg_map_rows rows = tg_test_map_rows(&t, 2, &images, 1);
  tg_column column;
  tg_map_read(&rows, 0, &column);
  assert(column.present);
  tg_map_same(&rows, 0, &column);
  assert(rows.mapped.ptr[0].is_some && rows.mapped.ptr[0].val.values.val.s64s.ptr[1] == 8);
}

int main(void) {
  columns_behind_the_filter();
  rows_and_their_images();
  a_column_is_handed_back();
  puts("ok");
  return 0;
}
