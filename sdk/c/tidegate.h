/* Write filters for Tidegate in C.
 *
 * A filter is a `const tg_filter tg_this_filter = {…};`. It is a pure function of its settings and its input: it remembers
 * nothing between calls, and is asked by several instances and again after a crash. `tidegate plugin build` makes a
 * component of it.
 *
 * A function that can fail returns whether it did not; `tg_fail` tells why, and the pipeline stops with that text. Lists and
 * texts have a length and no NUL at their end. */
#ifndef TIDEGATE_H
#define TIDEGATE_H

#include "component/filter_plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define TG_PRINTF(format, first) __attribute__((__format__(__printf__, format, first)))
#else
#define TG_PRINTF(format, first)
#endif

/* Text in UTF-8, or bytes: `ptr`, `len`. */
typedef filter_plugin_string_t tg_text;
/* `schema`, `table`; of a schema's name `table` is empty. */
typedef tidegate_plugin_types_table_name_t tg_name;
/* `id`, `source` and `current` names, `columns`, `primary_key` (indexes). */
typedef tidegate_plugin_types_table_t tg_table;
/* `name`, `kind`, `nullable`, `generated`. */
typedef tidegate_plugin_types_column_t tg_column_info;
/* MySQL's type of a column: `tag`, one of tg_type, and what belongs to it in `val`. */
typedef tidegate_plugin_types_kind_t tg_kind;
/* A column's values as they cross between host and filter: `validity`, `values`. */
typedef tidegate_plugin_types_cells_t tg_cells;
/* What is decided for all rows of a table. All zero, as it comes, it lets them pass unchanged. */
typedef exports_tidegate_plugin_filter_plan_t tg_plan;
/* A schema change: `sql`, `default_schema`, `elements`, `position`. */
typedef exports_tidegate_plugin_filter_statement_t tg_statement;

/* A column's type, and the value that tg_value_at gives of it. */
typedef enum {
  TG_INT = TIDEGATE_PLUGIN_TYPES_KIND_INT,             /* TG_VALUE_INT; unsigned ones TG_VALUE_UINT */
  TG_BIT = TIDEGATE_PLUGIN_TYPES_KIND_BIT,             /* TG_VALUE_UINT */
  TG_YEAR = TIDEGATE_PLUGIN_TYPES_KIND_YEAR,           /* TG_VALUE_UINT */
  TG_DECIMAL = TIDEGATE_PLUGIN_TYPES_KIND_DECIMAL,     /* TG_VALUE_DECIMAL */
  TG_FLOAT = TIDEGATE_PLUGIN_TYPES_KIND_FLOAT,         /* TG_VALUE_DOUBLE */
  TG_DOUBLE = TIDEGATE_PLUGIN_TYPES_KIND_DOUBLE,       /* TG_VALUE_DOUBLE */
  TG_DATE = TIDEGATE_PLUGIN_TYPES_KIND_DATE,           /* TG_VALUE_CALENDAR */
  TG_DATETIME = TIDEGATE_PLUGIN_TYPES_KIND_DATETIME,   /* TG_VALUE_CALENDAR */
  TG_TIMESTAMP = TIDEGATE_PLUGIN_TYPES_KIND_TIMESTAMP, /* TG_VALUE_CALENDAR, in UTC */
  TG_TIME = TIDEGATE_PLUGIN_TYPES_KIND_TIME,           /* TG_VALUE_TIME */
  TG_CHAR = TIDEGATE_PLUGIN_TYPES_KIND_CHAR,           /* TG_VALUE_BYTES in the column's character set */
  TG_VARCHAR = TIDEGATE_PLUGIN_TYPES_KIND_VARCHAR,     /* TG_VALUE_BYTES in the column's character set */
  TG_TEXT = TIDEGATE_PLUGIN_TYPES_KIND_TEXT,           /* TG_VALUE_BYTES in the column's character set */
  TG_BINARY = TIDEGATE_PLUGIN_TYPES_KIND_BINARY,       /* TG_VALUE_BYTES */
  TG_VARBINARY = TIDEGATE_PLUGIN_TYPES_KIND_VARBINARY, /* TG_VALUE_BYTES */
  TG_BLOB = TIDEGATE_PLUGIN_TYPES_KIND_BLOB,           /* TG_VALUE_BYTES */
  TG_ENUM = TIDEGATE_PLUGIN_TYPES_KIND_ENUMERATION,    /* TG_VALUE_UINT: the member's number from 1, 0 is an error */
  TG_SET = TIDEGATE_PLUGIN_TYPES_KIND_SET,             /* TG_VALUE_UINT: a bit for each member, lowest first */
  TG_JSON = TIDEGATE_PLUGIN_TYPES_KIND_JSON,           /* TG_VALUE_BYTES of MySQL's binary JSON */
  TG_GEOMETRY = TIDEGATE_PLUGIN_TYPES_KIND_GEOMETRY,   /* TG_VALUE_BYTES: 4 of SRID, then WKB */
  TG_VECTOR = TIDEGATE_PLUGIN_TYPES_KIND_VECTOR,       /* TG_VALUE_BYTES: 32-bit floats, lowest byte first */
  TG_INET4 = TIDEGATE_PLUGIN_TYPES_KIND_INET4,         /* TG_VALUE_BYTES, 4 */
  TG_INET6 = TIDEGATE_PLUGIN_TYPES_KIND_INET6,         /* TG_VALUE_BYTES, 16 */
  TG_UUID = TIDEGATE_PLUGIN_TYPES_KIND_UUID            /* TG_VALUE_BYTES, 16, in the order of its text */
} tg_type;

/* How a column's values are carried: `tag` of `cells.values`. */
typedef enum {
  TG_S64S = TIDEGATE_PLUGIN_TYPES_VALUES_S64S,
  TG_U64S = TIDEGATE_PLUGIN_TYPES_VALUES_U64S,
  TG_F64S = TIDEGATE_PLUGIN_TYPES_VALUES_F64S,
  TG_S256S = TIDEGATE_PLUGIN_TYPES_VALUES_S256S, /* four numbers a row, lowest first */
  TG_SPANS = TIDEGATE_PLUGIN_TYPES_VALUES_SPANS, /* value i is data[offsets[i] .. offsets[i + 1]] */
  TG_UTF8 = TIDEGATE_PLUGIN_TYPES_VALUES_UTF8    /* the same, of a column that is read as text */
} tg_form;

typedef enum { TG_KEEP_ALL, TG_DROP_ALL, TG_PER_ROW } tg_decision;
typedef enum { TG_INSERT, TG_UPDATE, TG_DELETE } tg_operation;
typedef enum { TG_BEFORE, TG_AFTER } tg_image;

/* ---- Memory, errors, the log ---- */

/* Returns that many bytes of zeros, to be freed. Without memory the instance ends: the host starts another one. */
void *tg_alloc(size_t size);
/* Returns the text of a string that ends with NUL, without copying it. */
tg_text tg_of(const char *string);
bool tg_equal(tg_text a, tg_text b);
bool tg_starts_with(tg_text text, tg_text prefix);

typedef struct {
  char *text;
} tg_error;

/* Says what is wrong, as printf does; returns false. */
bool tg_fail(tg_error *error, const char *format, ...) TG_PRINTF(2, 3);

typedef enum { TG_LOG_DEBUG, TG_LOG_INFO, TG_LOG_WARN, TG_LOG_ERROR } tg_level;

/* Writes a line into the pipeline's log. Too many are left out and counted; in a unit test nobody listens. */
void tg_log(tg_level level, const char *format, ...) TG_PRINTF(2, 3);

/* ---- Settings ---- */

/* What stands under `config` in the pipeline file, as JSON. The host has held it against the JSON Schema. */
typedef tg_text tg_settings;

/* Tells whether the settings have a key. */
bool tg_settings_has(tg_settings settings, const char *key);
/* Each gets a key's value; it is an error if there is none, or one of another type. Texts stay for ever. */
bool tg_settings_text(tg_settings settings, const char *key, tg_text *value, tg_error *error);
bool tg_settings_texts(tg_settings settings, const char *key, tg_text **values, size_t *count, tg_error *error);
bool tg_settings_integer(tg_settings settings, const char *key, int64_t *value, tg_error *error);
bool tg_settings_flag(tg_settings settings, const char *key, bool *value, tg_error *error);

/* ---- Tables and plans ---- */

/* Finds the column called `name`; MySQL compares names without regard to case. (Of other letters than A to Z, case counts
 * here.) */
bool tg_index(const tg_table *table, tg_text name, uint32_t *index);

/* Decides for inserts, updates and deletes alike. */
void tg_plan_decide(tg_plan *plan, tg_decision decision);
/* Says that a column is read. */
void tg_plan_need(tg_plan *plan, uint32_t column);
/* Says that a column's values are replaced, and needed for it; returns the index for tg_map_set. */
uint32_t tg_plan_map(tg_plan *plan, const tg_table *table, uint32_t column);
/* Adds a column behind the others; returns the index for tg_map_set. What it is made of is to be needed. */
uint32_t tg_plan_add(tg_plan *plan, const tg_table *table, const tg_column_info *column);
/* Leaves a column of the table out. */
void tg_plan_remove(tg_plan *plan, const tg_table *table, uint32_t column);
/* Says why, for `tidegate explain`. */
void tg_plan_because(tg_plan *plan, const char *reason);

/* ---- Columns ---- */

/* A column's values in one image of the rows at hand. */
typedef struct {
  /* Whether the image has it: always, but for images that are mapped. */
  bool present;
  const tg_kind *kind;
  /* The whole column, which belongs to the rows. */
  tg_cells cells;
  size_t held;
} tg_column;

/* A DECIMAL: a whole number (256-bit two's complement, lowest first), of which the last `scale` digits stand behind the
 * point. */
typedef struct {
  uint64_t unscaled[4];
  uint8_t scale;
} tg_decimal;

/* Room for any decimal as text, with the NUL at its end. */
#define TG_DECIMAL_SIZE 84

/* Writes a decimal as MySQL prints it; returns its length. */
size_t tg_decimal_print(const tg_decimal *decimal, char text[TG_DECIMAL_SIZE]);
/* Reads what tg_decimal_print writes; returns whether it is a number of at most 76 digits. */
bool tg_decimal_parse(tg_text text, tg_decimal *decimal);

/* A day and a time of day, also those that no calendar has (0000-00-00, 2024-00-10). */
typedef struct {
  uint16_t year;
  uint8_t month, day, hour, minute, second;
  uint32_t micros;
} tg_calendar;

/* Packed numbers sort as what they stand for. */
tg_calendar tg_calendar_unpack(uint64_t packed);
uint64_t tg_calendar_pack(tg_calendar calendar);

typedef enum {
  TG_VALUE_NULL,
  TG_VALUE_INT,
  TG_VALUE_UINT,
  TG_VALUE_DOUBLE,
  TG_VALUE_DECIMAL,
  TG_VALUE_CALENDAR,
  TG_VALUE_TIME, /* `integer`, in microseconds */
  TG_VALUE_BYTES,
  TG_VALUE_TEXT /* `bytes`, of a column that is read as text */
} tg_value_type;

typedef struct {
  tg_value_type type;
  union {
    int64_t integer;
    uint64_t natural;
    double real;
    tg_decimal decimal;
    tg_calendar calendar;
    tg_text bytes;
  } as;
} tg_value;

bool tg_is_null(const tg_column *column, size_t row);
/* Each gets a row's value; false if it is NULL or of another type. The bytes belong to the column. */
bool tg_int_at(const tg_column *column, size_t row, int64_t *value);
bool tg_bytes_at(const tg_column *column, size_t row, tg_text *value);
tg_value tg_value_at(const tg_column *column, size_t row);

/* ---- Columns that are made ---- */

/* A column that is being written, a row behind the other. */
typedef struct {
  tg_cells cells;
  size_t rows, row, room;
  bool nulls;
} tg_writer;

/* Returns how values of a kind are carried: never TG_UTF8, which text and JSON may have as well. */
tg_form tg_form_of(const tg_kind *kind);
void tg_write_begin(tg_writer *writer, tg_form form, size_t rows);
/* Each writes the next row; the form must be the function's. */
void tg_write_null(tg_writer *writer);
void tg_write_s64(tg_writer *writer, int64_t value);
void tg_write_u64(tg_writer *writer, uint64_t value);
void tg_write_f64(tg_writer *writer, double value);
void tg_write_s256(tg_writer *writer, const uint64_t value[4]);
void tg_write_bytes(tg_writer *writer, tg_text value); /* TG_SPANS, TG_UTF8 */
/* Writes a value as tg_value_at gives it; it is an error if it is none of the kind. */
bool tg_write_value(tg_writer *writer, const tg_kind *kind, const tg_value *value, tg_error *error);
/* Returns the column; every row must have been written. */
tg_cells tg_write_end(tg_writer *writer);
void tg_cells_free(tg_cells *cells);

/* ---- Rows ---- */

/* What becomes of a row or of one image of it: TG_PASS, TG_DROP, the index of a route, or what tg_refuse returns. */
typedef uint32_t tg_verdict;
#define TG_PASS ((tg_verdict)0)
#define TG_DROP ((tg_verdict)0xffffffff)

/* Whence the values are: the host, or a test. */
typedef struct tg_supply tg_supply;

/* Columns that were read, and reasons. */
typedef struct {
  const tg_supply *supply;
  const void *made;
  tg_cells **cells;
  size_t cells_count;
  filter_plugin_list_string_t reasons;
} tg_held;

/* Rows of one table and one operation. */
typedef struct {
  const tg_table *table;
  tg_operation operation;
  /* At least one. */
  size_t count;
  /* The images that they have: inserts have no TG_BEFORE, deletes no TG_AFTER. */
  tg_image images[2];
  size_t images_count;
  /* The answer: verdicts[image][row], TG_PASS at first. */
  tg_verdict *verdicts[2];
  tg_held held;
} tg_rows;

/* Gets a column's values, without loss. It is an error if the image lacks it, which cannot be for one that is needed. */
bool tg_read(tg_rows *rows, tg_image image, uint32_t column, tg_column *values, tg_error *error);
/* The same as UTF-8: JSON as text, everything else as MySQL prints it. */
bool tg_read_text(tg_rows *rows, tg_image image, uint32_t column, tg_column *values, tg_error *error);
/* Returns the verdict that refuses a row for a reason. */
tg_verdict tg_refuse(tg_rows *rows, const char *reason);
/* One for each row, to be freed; the plan must have `facts`. Microseconds since 1970 UTC; the server's id; the index in
 * tg_gtids. */
int64_t *tg_commit_times(tg_rows *rows);
uint32_t *tg_server_ids(tg_rows *rows);
uint32_t *tg_transactions(tg_rows *rows);
filter_plugin_list_string_t tg_gtids(tg_rows *rows);

/* One image of rows, to be mapped: before and after images alike. */
typedef struct {
  const tg_table *table;
  size_t count;
  /* The answer, by the index that tg_plan_map and tg_plan_add returned. */
  exports_tidegate_plugin_filter_list_option_cells_t mapped;
  tg_held held;
} tg_map_rows;

/* Each gets a column's values; `present` tells whether the image has it. */
void tg_map_read(tg_map_rows *rows, uint32_t column, tg_column *values);
bool tg_map_read_text(tg_map_rows *rows, uint32_t column, tg_column *values, tg_error *error);
/* Answers with a column that was made; it then belongs to the rows. What is not set is left as the image lacks it. */
void tg_map_set(tg_map_rows *rows, uint32_t index, tg_cells cells);
/* Answers with a column as it was read; each may be handed back once. */
void tg_map_same(tg_map_rows *rows, uint32_t index, const tg_column *values);

/* ---- A filter ---- */

/* What becomes of a table's name. As it comes, it is kept. */
typedef struct {
  /* Nothing of the table passes, which may depend on its source's name only; of a schema, nothing of any of its tables. */
  bool nothing;
  exports_tidegate_plugin_filter_list_table_name_t names;
} tg_routes;

/* Adds a name that rows may get; verdict n leads to the n-th. */
void tg_route_to(tg_routes *routes, tg_text schema, tg_text table);

/* The answer to a statement. As it comes, all of it passes. */
typedef struct {
  /* Whether each element passes. */
  bool *passes;
  /* Another statement in the place of all of it, if it is not empty; to be freed. Its names are the source's, and stand in
   * the first one. */
  tg_text rewritten;
} tg_judgement;

typedef enum { TG_INSERTS = 1, TG_UPDATES = 2, TG_DELETES = 4, TG_SCHEMA_CHANGES = 8 } tg_operations;

/* A filter. `decide` must be there; without another function the filter takes any settings, keeps names, lets statements
 * pass. `self` is what `configure` made; `memo` what `decide` made of a table, and what `forget` frees. */
typedef struct {
  const char *name, *version;
  /* What it does, in a sentence. */
  const char *summary;
  /* The JSON Schema (draft 2020-12) of its settings. */
  const char *settings;
  /* Lists that end with NULL. The source tables that it wants to see, as `schema.table` with `*` and `?`, NULL for all; the
   * columns that every such table must have. */
  const char *const *tables, *const *columns;
  /* tg_operations that it wants to see, combined with `|`; 0: all. */
  unsigned operations;
  bool (*configure)(tg_settings settings, void **self, tg_error *error);
  /* The names that a table may get; asked by name alone, for schemas too. */
  bool (*routes)(const void *self, const tg_name *source, const tg_name *current, tg_routes *routes, tg_error *error);
  /* What is decided for all rows of a table. */
  bool (*decide)(const void *self, const tg_table *table, tg_plan *plan, void **memo, tg_error *error);
  /* The verdicts for rows of an operation of which the plan says TG_PER_ROW. */
  bool (*rows)(const void *self, const void *memo, tg_rows *rows, tg_error *error);
  /* The columns that the plan maps. */
  bool (*map)(const void *self, const void *memo, tg_map_rows *rows, tg_error *error);
  bool (*judge)(const void *self, const tg_statement *statement, tg_judgement *judgement, tg_error *error);
  void (*forget)(void *memo);
} tg_filter;

/* The filter that the component is: the author's. */
extern const tg_filter tg_this_filter;

/* ---- Unit tests, which need no host ---- */

tg_kind tg_test_int(void);     /* BIGINT */
tg_kind tg_test_varchar(void); /* VARCHAR(255) in utf8mb4 */
/* A table with the columns `names` of `kinds`, the first of which is the primary key. */
tg_table tg_test_table(const char *schema, const char *table, size_t columns, const char *const names[],
                       const tg_kind kinds[]);
/* Columns of texts, NULL for NULL, and of numbers. */
tg_cells tg_test_texts(size_t rows, const char *const texts[]);
tg_cells tg_test_ints(size_t rows, const int64_t numbers[]);
/* Rows with the given columns, in the order of the table's; an image that they do not have is NULL. */
typedef struct {
  const tg_cells *before, *after;
} tg_test_images;
tg_rows tg_test_rows(const tg_table *table, tg_operation operation, size_t rows, const tg_test_images *images);
tg_map_rows tg_test_map_rows(const tg_table *table, size_t rows, const tg_test_images *images, size_t mapped);

#ifdef __cplusplus
}
#endif
#endif
