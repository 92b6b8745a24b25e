/* Settings are read as JSON has them. */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <tidegate.h>

static tg_error error;

static void texts(void) {
  tg_settings settings = tg_of(
      " { \"a\": {\"text\": [1, {\"x\": \"}\"}], \"n\": null}, \"te\\u0078t\" : \"\\\"\\u00e4\\ud83d\\udc0b\\n\","
      " \"list\": [ \"x\" , \"\" ], \"empty\": [], \"n\": -12, \"yes\": true, \"no\": false } ");
  tg_text text, *list;
  size_t count;
  int64_t number;
  bool flag;
  assert(tg_settings_text(settings, "text", &text, &error));
  assert(tg_equal(text, tg_of("\"ä\xf0\x9f\x90\x8b\n")));
  assert(tg_settings_texts(settings, "list", &list, &count, &error));
  assert(count == 2 && tg_equal(list[0], tg_of("x")) && list[1].len == 0);
  assert(tg_settings_texts(settings, "empty", &list, &count, &error) && count == 0);
  assert(tg_settings_integer(settings, "n", &number, &error) && number == -12);
  assert(tg_settings_flag(settings, "yes", &flag, &error) && flag);
  assert(tg_settings_flag(settings, "no", &flag, &error) && !flag);
  assert(tg_settings_has(settings, "a") && !tg_settings_has(settings, "x"));
}

static void mistakes(void) {
  tg_text text, *list;
  size_t count;
  int64_t number;
  bool flag;
  tg_settings settings = tg_of("{\"text\": 7, \"list\": [\"a\", 7], \"n\": 1.5, \"flag\": \"true\"}");
  assert(!tg_settings_text(settings, "text", &text, &error) && strstr(error.text, "`text`"));
  assert(!tg_settings_texts(settings, "list", &list, &count, &error));
  assert(!tg_settings_integer(settings, "n", &number, &error));
  assert(!tg_settings_flag(settings, "flag", &flag, &error));
  assert(!tg_settings_text(settings, "none", &text, &error) && strstr(error.text, "missing"));
}

/* Whatever is cut off or broken is an error, not a read beyond the end. */
static void broken(void) {
  const char whole[] = "{\"a\": [{\"b\": \"\\u00e4\\\\\"}, 12, null], \"z\": [\"x\", \"y\"]}";
  tg_text *list;
  size_t count;
  for (size_t length = 0; length < sizeof whole - 2; length++) {
    tg_settings cut = {(uint8_t *)(uintptr_t)whole, length};
    tg_settings copy = {tg_alloc(length), length};
    memcpy(copy.ptr, cut.ptr, length);
    assert(!tg_settings_texts(copy, "z", &list, &count, &error));
  }
  assert(tg_settings_texts(tg_of(whole), "z", &list, &count, &error) && count == 2);
  const char *ill[] = {"", "[]", "{]", "{\"a\" 1}", "{\"a\": \"\\ud800x\", \"z\": []}", "{\"a\": ]}", NULL};
  for (const char **text = ill; *text; text++) {
    assert(!tg_settings_texts(tg_of(*text), "z", &list, &count, &error));
  }
}

int main(void) {
  texts();
  mistakes();
  broken();
  puts("ok");
  return 0;
}
