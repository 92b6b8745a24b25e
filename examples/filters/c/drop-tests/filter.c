/* Drops the rows of test accounts: those whose name, in a column, begins with a prefix. A row that becomes one of a test
 * account, or ceases to be one, is deleted or inserted. */
#include <stdlib.h>
#include <tidegate.h>

static const char SETTINGS[] =
    "{\"type\": \"object\","
    " \"properties\": {"
    "   \"column\": {"
    "     \"description\": \"The column that names the account, in every table that has it.\", \"type\": \"string\"},"
    "   \"prefix\": {"
    "     \"description\": \"What the names of test accounts begin with.\", \"type\": \"string\", \"minLength\": 1}},"
    " \"required\": [\"column\", \"prefix\"],"
    " \"additionalProperties\": false}";

typedef struct {
  tg_text column, prefix;
} drop_tests;

static bool configure(tg_settings settings, void **self, tg_error *error) {
  drop_tests *filter = tg_alloc(sizeof *filter);
  *self = filter;
  return tg_settings_text(settings, "column", &filter->column, error) &&
         tg_settings_text(settings, "prefix", &filter->prefix, error);
}

static bool decide(const void *self, const tg_table *table, tg_plan *plan, void **memo, tg_error *error) {
  const drop_tests *filter = self;
  uint32_t *column = tg_alloc(sizeof *column);
  *memo = column;
  (void)error;
  if (tg_index(table, filter->column, column)) {
    tg_plan_decide(plan, TG_PER_ROW);
    tg_plan_need(plan, *column);
    tg_plan_because(plan, "rows of test accounts are dropped");
  }
  return true;
}

static bool rows(const void *self, const void *memo, tg_rows *rows, tg_error *error) {
  const drop_tests *filter = self;
  const uint32_t *column = memo;
  for (size_t i = 0; i < rows->images_count; i++) {
    tg_image image = rows->images[i];
    tg_column names;
    if (!tg_read_text(rows, image, *column, &names, error)) return false;
    for (size_t row = 0; row < rows->count; row++) {
      tg_text name;
      bool test = tg_bytes_at(&names, row, &name) && tg_starts_with(name, filter->prefix);
      rows->verdicts[image][row] = test ? TG_DROP : TG_PASS;
    }
  }
  return true;
}

const tg_filter tg_this_filter = {
    .name = "drop-tests",
    .version = "0.1.0",
    .summary = "drops the rows of test accounts",
    .settings = SETTINGS,
    .configure = configure,
    .decide = decide,
    .rows = rows,
    .forget = free,
};
