/* Between the rows and what they come from. */
#ifndef TIDEGATE_SUPPLY_H
#define TIDEGATE_SUPPLY_H

#include "../tidegate.h"

struct tg_supply {
  /* Gives a column; false if the image lacks it. */
  bool (*read)(const void *made, tg_image image, uint32_t column, tg_cells *cells);
  /* The same as text, `present` telling whether the image has it; false if there is an error. */
  bool (*text)(const void *made, tg_image image, uint32_t column, bool *present, tg_cells *cells, tg_error *error);
  int64_t *(*commit_times)(const void *made);
  uint32_t *(*server_ids)(const void *made);
  uint32_t *(*transactions)(const void *made);
  filter_plugin_list_string_t (*gtids)(const void *made);
};

tg_rows tg_rows_begin(const tg_table *table, tg_operation operation, size_t count, const tg_supply *supply,
                      const void *made);
/* Frees what the rows hold but the verdicts and reasons, which are the answer. */
void tg_rows_end(tg_rows *rows);
tg_map_rows tg_map_begin(const tg_table *table, size_t count, size_t mapped, const tg_supply *supply,
                         const void *made);
/* Frees what the rows hold but the mapped columns. */
void tg_map_end(tg_map_rows *rows);

/* Ends the instance, since the program is wrong or memory is out; the log says why. */
_Noreturn void tg_stop(const char *why);

/* Copies. */
tg_text tg_copy(tg_text text);
tg_column_info tg_column_info_copy(const tg_column_info *column);

/* Makes a list longer by one element of `size` bytes. */
void *tg_grow(void *list, size_t length, size_t size);

#endif
