/* Values that are written come back, and what does not fit is refused. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tidegate.h>

static tg_value integer(tg_value_type type, int64_t number) {
  tg_value value = {.type = type, .as.integer = number};
  return value;
}

static tg_value natural(uint64_t number) {
  tg_value value = {.type = TG_VALUE_UINT, .as.natural = number};
  return value;
}

static tg_value decimal(const char *text) {
  tg_value value = {.type = TG_VALUE_DECIMAL};
  assert(tg_decimal_parse(tg_of(text), &value.as.decimal));
  return value;
}

static tg_value bytes(tg_value_type type, const char *text, size_t length) {
  tg_value value = {.type = type, .as.bytes = {(uint8_t *)(uintptr_t)text, length}};
  return value;
}

static bool same(const tg_value *a, const tg_value *b) {
  if (a->type != b->type) return false;
  switch (a->type) {
    case TG_VALUE_NULL:
      return true;
    case TG_VALUE_DECIMAL:
      return a->as.decimal.scale == b->as.decimal.scale &&
             memcmp(a->as.decimal.unscaled, b->as.decimal.unscaled, sizeof a->as.decimal.unscaled) == 0;
    case TG_VALUE_CALENDAR:
      return tg_calendar_pack(a->as.calendar) == tg_calendar_pack(b->as.calendar);
    case TG_VALUE_DOUBLE:
      return memcmp(&a->as.real, &b->as.real, sizeof(double)) == 0;
    case TG_VALUE_BYTES:
    case TG_VALUE_TEXT:
      return tg_equal(a->as.bytes, b->as.bytes);
    default:
      return a->as.natural == b->as.natural;
  }
}

/* Writes a value, a NULL and the value again, and reads them. */
static void comes_back(tg_kind kind, tg_form form, tg_value value) {
  const tg_value values[] = {value, {.type = TG_VALUE_NULL}, value};
  tg_error error = {NULL};
  tg_writer writer;
  tg_write_begin(&writer, form, 3);
  for (size_t row = 0; row < 3; row++) assert(tg_write_value(&writer, &kind, &values[row], &error));
  tg_column column = {.present = true, .kind = &kind, .cells = tg_write_end(&writer)};
  assert(column.cells.validity.len == 1 && column.cells.validity.ptr[0] == 5);
  for (size_t row = 0; row < 3; row++) {
    tg_value read = tg_value_at(&column, row);
    assert(same(&read, &values[row]));
  }
  tg_cells_free(&column.cells);
}

static void every_type(void) {
  const tg_kind bigint = tg_test_int();
  const tg_kind natural_bigint = {.tag = TG_INT, .val.int_ = {64, true}};
  const tg_kind narrow = {.tag = TG_DECIMAL, .val.decimal = {18, 2, false}};
  const tg_kind wide = {.tag = TG_DECIMAL, .val.decimal = {65, 30, false}};
  const tg_kind date = {.tag = TG_DATE}, time = {.tag = TG_TIME}, real = {.tag = TG_DOUBLE};
  const tg_calendar odd = {2024, 0, 31, 23, 59, 58, 999999};
  comes_back(bigint, TG_S64S, integer(TG_VALUE_INT, INT64_MIN));
  comes_back(natural_bigint, TG_U64S, natural(UINT64_MAX));
  comes_back(narrow, TG_S64S, decimal("-9999999999999999.99"));
  comes_back(wide, TG_S256S,
             decimal("-99999999999999999999999999999999999.999999999999999999999999999999"));
  comes_back(date, TG_U64S, (tg_value){.type = TG_VALUE_CALENDAR, .as.calendar = odd});
  comes_back(date, TG_U64S, (tg_value){.type = TG_VALUE_CALENDAR});
  comes_back(time, TG_S64S, integer(TG_VALUE_TIME, -3020399999999));
  comes_back(real, TG_F64S, (tg_value){.type = TG_VALUE_DOUBLE, .as.real = -0.0});
  comes_back(tg_test_varchar(), TG_SPANS, bytes(TG_VALUE_BYTES, "\xff\0", 2));
  comes_back(tg_test_varchar(), TG_UTF8, bytes(TG_VALUE_TEXT, "", 0));
}

static void refused(tg_kind kind, tg_value value) {
  tg_error error = {NULL};
  tg_writer writer;
  tg_write_begin(&writer, tg_form_of(&kind), 2);
  tg_write_null(&writer);
  assert(!tg_write_value(&writer, &kind, &value, &error));
  assert(strstr(error.text, "row 1"));
  free(error.text);
}

static void what_does_not_fit(void) {
  const tg_kind year = {.tag = TG_YEAR}, blob = {.tag = TG_BLOB};
  const tg_kind narrow = {.tag = TG_DECIMAL, .val.decimal = {18, 2, false}};
  const tg_kind wide = {.tag = TG_DECIMAL, .val.decimal = {65, 2, false}};
  refused(year, integer(TG_VALUE_INT, 2024));
  refused(tg_test_int(), natural(1));
  refused(narrow, decimal("1.5"));
  refused(narrow, decimal("99999999999999999999.00"));
  refused(wide, decimal("1.500"));
  refused(blob, bytes(TG_VALUE_TEXT, "a", 1));
}

static void decimals_as_text(void) {
  const char *texts[] = {"0", "7", "-12.50", "0.05", "-0.05", "0.00", "18446744073709551616", NULL};
  for (const char **text = texts; *text; text++) {
    char printed[TG_DECIMAL_SIZE];
    tg_value value = decimal(*text);
    assert(tg_decimal_print(&value.as.decimal, printed) == strlen(*text) && strcmp(printed, *text) == 0);
  }
  const char *wrong[] = {"", "-", ".5", "1.", "1.2.3", "1e5", "--1", NULL};
  tg_decimal none;
  for (const char **text = wrong; *text; text++) assert(!tg_decimal_parse(tg_of(*text), &none));
}

int main(void) {
  every_type();
  what_does_not_fit();
  decimals_as_text();
  tg_calendar last = {9999, 12, 31, 23, 59, 59, 999999};
  tg_calendar back = tg_calendar_unpack(tg_calendar_pack(last));
  assert(back.year == 9999 && back.micros == 999999 && back.day == 31);
  puts("ok");
  return 0;
}
