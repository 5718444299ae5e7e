/* formatting.c: see formatting.h. */
#define _GNU_SOURCE
#include "formatting.h"
#include <stdio.h>

#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"

int waybill_format_int(char **output, const char *conversion, int width, int precision, int32_t value) {
  return precision < 0 ? asprintf(output, conversion, width, value)
                       : asprintf(output, conversion, width, precision, value);
}

int waybill_format_long(char **output, const char *conversion, int width, int precision, long value) {
  return precision < 0 ? asprintf(output, conversion, width, value)
                       : asprintf(output, conversion, width, precision, value);
}

int waybill_format_double(char **output, const char *conversion, int width, int precision, double value) {
  return precision < 0 ? asprintf(output, conversion, width, value)
                       : asprintf(output, conversion, width, precision, value);
}
