/* formatting.h: snprintf with a template known only at run time. */
#ifndef WAYBILL_FORMATTING_H
#define WAYBILL_FORMATTING_H
#include <stdint.h>

/* The template holds one conversion with `*` for the width, and `.*` where precision >= 0.
   The caller frees *output. Negative on failure. */
int waybill_format_int(char *_Nullable *_Nonnull output, const char *_Nonnull conversion, int width,
                       int precision, int32_t value);
int waybill_format_long(char *_Nullable *_Nonnull output, const char *_Nonnull conversion, int width,
                        int precision, long value);
int waybill_format_double(char *_Nullable *_Nonnull output, const char *_Nonnull conversion, int width,
                          int precision, double value);

#endif
