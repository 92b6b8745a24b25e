/* Between the contract and an author's filter. It is part of components only. */
#include "../src/supply.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The contract is put into the component when it is built, not by an object file. */
void __component_type_object_force_link_filter_plugin(void);
void __component_type_object_force_link_filter_plugin(void) {}

/* More tables than this are not remembered. */
#define TABLES_MAX 10000
/* A power of two, well above TABLES_MAX. */
#define PLACES 32768

/* A table that was met, and what the filter made of it. */
typedef struct {
  tg_table table;
  void *memo;
  size_t mapped;
} met;

static struct {
  bool configured;
  void *self;
  met **tables; /* by id: PLACES of them, the next one where one is taken */
  size_t count;
} running;

void tg_log(tg_level level, const char *format, ...) {
  char line[4096];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  if (length < 0) return;
  tg_text message = {(uint8_t *)line, (size_t)length < sizeof line ? (size_t)length : sizeof line - 1};
  tidegate_plugin_log_write((uint8_t)level, &message);
}

/* Hands an error over; returns false. */
static bool failed(tg_error *error, tg_text *text) {
  *text = tg_copy(tg_of(error->text ? error->text : "the filter failed and did not say why"));
  free(error->text);
  return false;
}

/* Has the clock show when this call began, if the pipeline file grants it. `tidegate plugin build` puts it under the C
 * library. */
__attribute__((__import_module__("wasi_snapshot_preview1"), __import_name__("tidegate_set_clock")))
extern void tg_set_clock(void);

static bool ready(tg_error *error) {
  if (!tg_this_filter.decide) return tg_fail(error, "the filter has no function `decide`");
  return running.configured || tg_fail(error, "`configure` was not called");
}

static filter_plugin_list_string_t list(const char *const *strings) {
  filter_plugin_list_string_t texts = {NULL, 0};
  for (; strings && *strings; strings++) {
    texts.ptr = tg_grow(texts.ptr, texts.len, sizeof(tg_text));
    texts.ptr[texts.len++] = tg_copy(tg_of(*strings));
  }
  return texts;
}

static tg_text copied(const char *string) { return tg_copy(tg_of(string ? string : "")); }

void exports_tidegate_plugin_filter_describe(exports_tidegate_plugin_filter_manifest_t *manifest) {
  const tg_filter *filter = &tg_this_filter;
  const unsigned all = TG_INSERTS | TG_UPDATES | TG_DELETES | TG_SCHEMA_CHANGES;
  manifest->name = copied(filter->name);
  manifest->version = copied(filter->version);
  manifest->summary = copied(filter->summary);
  manifest->settings = copied(filter->settings);
  manifest->tables = list(filter->tables);
  manifest->columns = list(filter->columns);
  manifest->operations = (uint8_t)(filter->operations ? filter->operations : all);
}

bool exports_tidegate_plugin_filter_configure(tg_text *settings, tg_text *text) {
  tg_set_clock();
  tg_error error = {NULL};
  if (tg_this_filter.configure && !tg_this_filter.configure(*settings, &running.self, &error)) {
    return failed(&error, text);
  }
  running.configured = true;
  return true;
}

bool exports_tidegate_plugin_filter_routes(tg_name *source, tg_name *current,
                                           exports_tidegate_plugin_filter_option_list_table_name_t *names,
                                           tg_text *text) {
  tg_set_clock();
  tg_error error = {NULL};
  tg_routes routes = {.nothing = false};
  bool answered = ready(&error) && (!tg_this_filter.routes ||
                                    tg_this_filter.routes(running.self, source, current, &routes, &error));
  exports_tidegate_plugin_filter_table_name_free(source);
  exports_tidegate_plugin_filter_table_name_free(current);
  if (!answered) {
    exports_tidegate_plugin_filter_list_table_name_free(&routes.names);
    return failed(&error, text);
  }
  names->is_some = !routes.nothing;
  names->val = routes.names;
  return true;
}

static void forget(met *known) {
  if (tg_this_filter.forget) tg_this_filter.forget(known->memo);
  exports_tidegate_plugin_filter_table_free(&known->table);
  free(known);
}

static met **place(uint64_t id) {
  if (!running.tables) running.tables = tg_alloc(PLACES * sizeof(met *));
  size_t at = (size_t)(id * 0x9e3779b97f4a7c15u >> 32) % PLACES;
  while (running.tables[at] && running.tables[at]->table.id != id) at = (at + 1) % PLACES;
  return &running.tables[at];
}

static void remember(met *known) {
  if (running.count >= TABLES_MAX) {
    for (size_t at = 0; at < PLACES; at++) {
      if (running.tables[at]) forget(running.tables[at]);
    }
    memset(running.tables, 0, PLACES * sizeof(met *));
    running.count = 0;
  }
  met **at = place(known->table.id);
  if (*at) {
    forget(*at);
  } else {
    running.count++;
  }
  *at = known;
}

/* Decides for a table, which is taken over. */
static met *decide(tg_table *table, tg_plan *plan, tg_error *error) {
  met *known = tg_alloc(sizeof(met));
  known->table = *table;
  memset(plan, 0, sizeof *plan);
  if (!ready(error) || !tg_this_filter.decide(running.self, &known->table, plan, &known->memo, error)) {
    exports_tidegate_plugin_filter_plan_free(plan);
    exports_tidegate_plugin_filter_table_free(&known->table);
    free(known);
    return NULL;
  }
  for (size_t i = 0; i < plan->columns.val.len; i++) {
    known->mapped += plan->columns.val.ptr[i].produced.tag == EXPORTS_TIDEGATE_PLUGIN_FILTER_PRODUCED_MAPPED;
  }
  remember(known);
  return known;
}

bool exports_tidegate_plugin_filter_decide(exports_tidegate_plugin_filter_table_t *table, tg_plan *plan,
                                           tg_text *text) {
  tg_set_clock();
  tg_error error = {NULL};
  return decide(table, plan, &error) != NULL || failed(&error, text);
}

/* Returns what was made of the table at hand; a new instance has met none yet. */
static met *known_table(uint64_t id, tg_error *error) {
  met *known = *place(id);
  if (known) return known;
  tg_table table;
  tg_plan plan;
  tidegate_plugin_row_set_describe(&table);
  known = decide(&table, &plan, error);
  if (known) exports_tidegate_plugin_filter_plan_free(&plan);
  return known;
}

static bool read_rows(const void *made, tg_image image, uint32_t column, tg_cells *cells) {
  (void)made;
  return tidegate_plugin_row_set_read((uint8_t)image, column, cells);
}

/* Takes the host's answer to a question for text. */
static bool take_text(bool answered, bool is_some, const tg_cells *given, tg_text *text, bool *present,
                      tg_cells *cells, tg_error *error) {
  if (!answered) {
    tg_fail(error, "%.*s", (int)text->len, (const char *)text->ptr);
    filter_plugin_string_free(text);
    return false;
  }
  *present = is_some;
  *cells = *given;
  return true;
}

static bool text_rows(const void *made, tg_image image, uint32_t column, bool *present, tg_cells *cells,
                      tg_error *error) {
  (void)made;
  tidegate_plugin_row_set_option_cells_t given = {.is_some = false};
  tg_text text;
  bool answered = tidegate_plugin_row_set_text((uint8_t)image, column, &given, &text);
  return take_text(answered, given.is_some, &given.val, &text, present, cells, error);
}

static int64_t *commit_times(const void *made) {
  (void)made;
  filter_plugin_list_s64_t times;
  tidegate_plugin_row_set_commit_times(&times);
  return times.ptr;
}

static uint32_t *server_ids(const void *made) {
  (void)made;
  filter_plugin_list_u32_t ids;
  tidegate_plugin_row_set_server_ids(&ids);
  return ids.ptr;
}

static uint32_t *transactions(const void *made) {
  (void)made;
  filter_plugin_list_u32_t indexes;
  tidegate_plugin_row_set_transactions(&indexes);
  return indexes.ptr;
}

static filter_plugin_list_string_t gtids(const void *made) {
  (void)made;
  filter_plugin_list_string_t texts;
  tidegate_plugin_row_set_gtids(&texts);
  return texts;
}

static const tg_supply ROW_SET = {read_rows, text_rows, commit_times, server_ids, transactions, gtids};

static bool read_image(const void *made, tg_image image, uint32_t column, tg_cells *cells) {
  (void)made;
  (void)image;
  return tidegate_plugin_row_image_read(column, cells);
}

static bool text_image(const void *made, tg_image image, uint32_t column, bool *present, tg_cells *cells,
                       tg_error *error) {
  (void)made;
  (void)image;
  tidegate_plugin_row_image_option_cells_t given = {.is_some = false};
  tg_text text;
  bool answered = tidegate_plugin_row_image_text(column, &given, &text);
  return take_text(answered, given.is_some, &given.val, &text, present, cells, error);
}

static const tg_supply ROW_IMAGE = {.read = read_image, .text = text_image};

bool exports_tidegate_plugin_filter_rows(exports_tidegate_plugin_filter_header_t *header,
                                         exports_tidegate_plugin_filter_answer_t *answer, tg_text *text) {
  tg_set_clock();
  tg_error error = {NULL};
  met *known = known_table(header->table_id, &error);
  exports_tidegate_plugin_filter_table_name_free(&header->source);
  if (!known) return failed(&error, text);
  tg_rows rows = tg_rows_begin(&known->table, (tg_operation)header->operation, header->rows, &ROW_SET, NULL);
  bool answered = tg_this_filter.rows
                      ? tg_this_filter.rows(running.self, known->memo, &rows, &error)
                      : tg_fail(&error, "the plan asks for each row, and the filter has no function `rows`");
  tg_rows_end(&rows);
  if (!answered) {
    free(rows.verdicts[TG_BEFORE]);
    free(rows.verdicts[TG_AFTER]);
    filter_plugin_list_string_free(&rows.held.reasons);
    return failed(&error, text);
  }
  answer->reasons = rows.held.reasons;
  exports_tidegate_plugin_filter_list_verdict_t before = {rows.verdicts[TG_BEFORE], rows.count};
  exports_tidegate_plugin_filter_list_verdict_t after = {rows.verdicts[TG_AFTER], rows.count};
  if (rows.images_count == 2) {
    answer->verdicts.tag = EXPORTS_TIDEGATE_PLUGIN_FILTER_VERDICTS_IMAGES;
    answer->verdicts.val.images.f0 = before;
    answer->verdicts.val.images.f1 = after;
  } else {
    answer->verdicts.tag = EXPORTS_TIDEGATE_PLUGIN_FILTER_VERDICTS_CHANGES;
    answer->verdicts.val.changes = rows.images[0] == TG_BEFORE ? before : after;
  }
  return true;
}

bool exports_tidegate_plugin_filter_map_columns(exports_tidegate_plugin_filter_header_t *header,
                                                exports_tidegate_plugin_filter_list_option_cells_t *columns,
                                                tg_text *text) {
  tg_set_clock();
  tg_error error = {NULL};
  met *known = known_table(header->table_id, &error);
  exports_tidegate_plugin_filter_table_name_free(&header->source);
  if (!known) return failed(&error, text);
  tg_map_rows rows = tg_map_begin(&known->table, header->rows, known->mapped, &ROW_IMAGE, NULL);
  bool answered = tg_this_filter.map
                      ? tg_this_filter.map(running.self, known->memo, &rows, &error)
                      : tg_fail(&error, "the plan maps columns, and the filter has no function `map`");
  tg_map_end(&rows);
  if (!answered) {
    exports_tidegate_plugin_filter_list_option_cells_free(&rows.mapped);
    return failed(&error, text);
  }
  *columns = rows.mapped;
  return true;
}

bool exports_tidegate_plugin_filter_judge(tg_statement *statement,
                                          exports_tidegate_plugin_filter_statement_answer_t *answer,
                                          tg_text *text) {
  tg_set_clock();
  tg_error error = {NULL};
  size_t count = statement->elements.len;
  tg_judgement judgement = {.passes = tg_alloc(count)};
  memset(judgement.passes, true, count);
  bool answered = ready(&error) && (!tg_this_filter.judge ||
                                    tg_this_filter.judge(running.self, statement, &judgement, &error));
  exports_tidegate_plugin_filter_statement_free(statement);
  if (!answered || judgement.rewritten.len > 0) free(judgement.passes);
  if (!answered) return failed(&error, text);
  if (judgement.rewritten.len > 0) {
    answer->tag = EXPORTS_TIDEGATE_PLUGIN_FILTER_STATEMENT_ANSWER_REWRITTEN;
    answer->val.rewritten = judgement.rewritten;
  } else {
    answer->tag = EXPORTS_TIDEGATE_PLUGIN_FILTER_STATEMENT_ANSWER_ELEMENTS;
    answer->val.elements.ptr = judgement.passes;
    answer->val.elements.len = count;
  }
  return true;
}
