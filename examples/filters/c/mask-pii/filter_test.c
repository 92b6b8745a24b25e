/* The filter's tests, which need no host. */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <tidegate.h>

#define ROWS 7

int main(void) {
  const char *texts[ROWS] = {"", "ä", "ab", "ann@example", "日本語", NULL, "äöü"};
  const char *masked[ROWS] = {"", "ä", "ab", "a*********e", "日*語", NULL, "ä*ü"};
  const char *names[] = {"id", "email"};
  const tg_kind kinds[] = {tg_test_int(), tg_test_varchar()};
  const int64_t ids[ROWS] = {0};
  tg_table table = tg_test_table("shop", "users", 2, names, kinds);

  tg_error error = {NULL};
  void *self, *memo;
  assert(tg_this_filter.configure(tg_of("{\"columns\": [\"EMail\", \"phone\"]}"), &self, &error));
  tg_plan plan = {0};
  assert(tg_this_filter.decide(self, &table, &plan, &memo, &error));
  assert(plan.needs.len == 1 && plan.needs.ptr[0] == 1);

  tg_cells columns[] = {tg_test_ints(ROWS, ids), tg_test_texts(ROWS, texts)};
  const tg_test_images images = {NULL, columns};
  tg_map_rows rows = tg_test_map_rows(&table, ROWS, &images, 1);
  assert(tg_this_filter.map(self, memo, &rows, &error));
  assert(rows.mapped.ptr[0].is_some);
  tg_column result = {.present = true, .kind = &kinds[1], .cells = rows.mapped.ptr[0].val};
  for (size_t row = 0; row < ROWS; row++) {
    tg_text text;
    assert(tg_bytes_at(&result, row, &text) == (masked[row] != NULL));
    assert(!masked[row] || tg_equal(text, tg_of(masked[row])));
  }

  const tg_test_images without = {NULL, NULL};
  rows = tg_test_map_rows(&table, ROWS, &without, 1);
  assert(tg_this_filter.map(self, memo, &rows, &error));
  assert(!rows.mapped.ptr[0].is_some);

  assert(!tg_this_filter.configure(tg_of("{\"columns\": [7]}"), &self, &error));
  assert(strstr(error.text, "columns"));
  puts("ok");
  return 0;
}
