/* The filter's tests, which need no host. */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <tidegate.h>

#define ROWS 3

int main(void) {
  const char *names[] = {"id", "account"};
  const tg_kind kinds[] = {tg_test_int(), tg_test_varchar()};
  const int64_t ids[ROWS] = {1, 2, 3};
  const char *earlier[ROWS] = {"test_ann", "bob", NULL}, *later[ROWS] = {"ann", "bob", "test_"};
  tg_table table = tg_test_table("shop", "orders", 2, names, kinds);

  tg_error error = {NULL};
  void *self, *memo;
  assert(tg_this_filter.configure(tg_of("{\"prefix\": \"test\\u005f\", \"column\": \"ACCOUNT\"}"), &self, &error));
  tg_plan plan = {0};
  assert(tg_this_filter.decide(self, &table, &plan, &memo, &error));
  assert(plan.insert == TG_PER_ROW && plan.delete_ == TG_PER_ROW);

  tg_cells before[] = {tg_test_ints(ROWS, ids), tg_test_texts(ROWS, earlier)};
  tg_cells after[] = {tg_test_ints(ROWS, ids), tg_test_texts(ROWS, later)};
  const tg_test_images images = {before, after};
  tg_rows update = tg_test_rows(&table, TG_UPDATE, ROWS, &images);
  assert(tg_this_filter.rows(self, memo, &update, &error));
  const tg_verdict expected[][ROWS] = {{TG_DROP, TG_PASS, TG_PASS}, {TG_PASS, TG_PASS, TG_DROP}};
  assert(memcmp(update.verdicts[TG_BEFORE], expected[0], sizeof expected[0]) == 0);
  assert(memcmp(update.verdicts[TG_AFTER], expected[1], sizeof expected[1]) == 0);

  tg_table other = tg_test_table("shop", "prices", 1, names, kinds);
  tg_plan kept = {0};
  assert(tg_this_filter.decide(self, &other, &kept, &memo, &error));
  assert(kept.insert == TG_KEEP_ALL);

  assert(!tg_this_filter.configure(tg_of("{\"prefix\": \"a\"}"), &self, &error));
  assert(strstr(error.text, "column"));
  puts("ok");
  return 0;
}
