#pragma once
#define _DEFAULT_SOURCE
#include <gsasl.h>
#include <string.h>

/// Overwrites the session's copy of a property, which libgsasl only frees.
static inline void sendproof_sasl_wipe(Gsasl_session *session, Gsasl_property property) {
    const char *value = gsasl_property_fast(session, property);
    if (value != NULL) explicit_bzero((char *)value, strlen(value));
}

/// Overwrites a copy that is about to go.
static inline void sendproof_sasl_erase(char *copy, size_t length) {
    if (copy != NULL) explicit_bzero(copy, length);
}

/// Overwrites and frees what a step gave.
static inline void sendproof_sasl_free(char *output, size_t length) {
    if (output == NULL) return;
    explicit_bzero(output, length);
    gsasl_free(output);
}
