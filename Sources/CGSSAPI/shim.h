#pragma once
#define _DEFAULT_SOURCE
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <stdlib.h>
#include <string.h>

// The initiator's side of GSS-API (RFC 2743, RFC 2744), for Sources/SASL/GSSContext.swift: the
// library's macros and global variables are out of Swift's reach.

struct sendproof_gss {
    gss_name_t target;
    gss_cred_id_t credential;
    gss_ctx_id_t context;
    gss_OID mechanism;
    OM_uint32 major;
    OM_uint32 minor;
};

/// 0: Kerberos 5; 1: NTLMSSP (1.3.6.1.4.1.311.2.2.10).
static inline gss_OID sendproof_gss_mechanism(int number) {
    static gss_OID_desc kerberos = {9, (void *)"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"};
    static gss_OID_desc ntlm = {10, (void *)"\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"};
    return number == 0 ? &kerberos : &ntlm;
}

/// Whether this machine has the mechanism.
static inline int sendproof_gss_knows(int number) {
    OM_uint32 minor = 0;
    gss_OID_set all = GSS_C_NO_OID_SET;
    int present = 0;
    if (gss_indicate_mechs(&minor, &all) != GSS_S_COMPLETE) return 0;
    gss_test_oid_set_member(&minor, sendproof_gss_mechanism(number), all, &present);
    gss_release_oid_set(&minor, &all);
    return present;
}

static inline int sendproof_gss_failed(OM_uint32 major) { return GSS_ERROR(major) != 0; }

static inline int sendproof_gss_begin(
    struct sendproof_gss *gss, int mechanism, const char *service) {
    memset(gss, 0, sizeof *gss);
    gss->mechanism = sendproof_gss_mechanism(mechanism);
    gss_buffer_desc name = {strlen(service), (void *)service};
    gss->major =
        gss_import_name(&gss->minor, &name, GSS_C_NT_HOSTBASED_SERVICE, &gss->target);
    return !GSS_ERROR(gss->major);
}

/// Credentials from user name and password; talks to the KDC.
static inline int sendproof_gss_acquire(
    struct sendproof_gss *gss, const void *user, size_t user_length, const void *password,
    size_t password_length) {
    // gss-ntlmssp takes the password for a string that ends with NUL, whatever the length says.
    char *secret = (char *)calloc(1, password_length + 1);
    if (secret == NULL) return 0;
    memcpy(secret, password, password_length);
    gss_buffer_desc name = {user_length, (void *)user};
    gss_buffer_desc word = {password_length, secret};
    gss_name_t imported = GSS_C_NO_NAME;
    gss_OID_set_desc mechanisms = {1, gss->mechanism};
    OM_uint32 ignored = 0;
    gss->major = gss_import_name(&gss->minor, &name, GSS_C_NT_USER_NAME, &imported);
    if (!GSS_ERROR(gss->major))
        gss->major = gss_acquire_cred_with_password(
            &gss->minor, imported, &word, GSS_C_INDEFINITE, &mechanisms, GSS_C_INITIATE,
            &gss->credential, NULL, NULL);
    explicit_bzero(secret, password_length);
    free(secret);
    gss_release_name(&ignored, &imported);
    return !GSS_ERROR(gss->major);
}

/// One step; `output` is to be given to `sendproof_gss_release`. 1: more to come; 0: complete or
/// failed, by `major`.
static inline int sendproof_gss_step(
    struct sendproof_gss *gss, const void *input, size_t input_length, gss_buffer_t output) {
    gss_buffer_desc token = {input_length, (void *)input};
    // Only GSSAPI goes on to sign, its layers (RFC 4752, section 3.1).
    OM_uint32 flags = gss->mechanism == sendproof_gss_mechanism(0)
        ? GSS_C_MUTUAL_FLAG | GSS_C_INTEG_FLAG | GSS_C_SEQUENCE_FLAG : 0;
    gss->major = gss_init_sec_context(
        &gss->minor, gss->credential, &gss->context, gss->target, gss->mechanism, flags, 0,
        GSS_C_NO_CHANNEL_BINDINGS, input_length == 0 ? GSS_C_NO_BUFFER : &token, NULL, output,
        NULL, NULL);
    return gss->major == GSS_S_CONTINUE_NEEDED;
}

static inline int sendproof_gss_unwrap(
    struct sendproof_gss *gss, const void *input, size_t input_length, gss_buffer_t output) {
    gss_buffer_desc token = {input_length, (void *)input};
    gss->major = gss_unwrap(&gss->minor, gss->context, &token, output, NULL, NULL);
    return !GSS_ERROR(gss->major);
}

/// Signed, not encrypted (RFC 4752, section 3.1).
static inline int sendproof_gss_wrap(
    struct sendproof_gss *gss, const void *input, size_t input_length, gss_buffer_t output) {
    gss_buffer_desc token = {input_length, (void *)input};
    gss->major =
        gss_wrap(&gss->minor, gss->context, 0, GSS_C_QOP_DEFAULT, &token, NULL, output);
    return !GSS_ERROR(gss->major);
}

static inline void sendproof_gss_release(gss_buffer_t buffer) {
    OM_uint32 ignored = 0;
    if (buffer->value != NULL) explicit_bzero(buffer->value, buffer->length);
    gss_release_buffer(&ignored, buffer);
}

/// The library's words for the mechanism's own status.
static inline void sendproof_gss_words(struct sendproof_gss *gss, gss_buffer_t output) {
    OM_uint32 ignored = 0, more = 0;
    gss_display_status(
        &ignored, gss->minor, GSS_C_MECH_CODE, gss->mechanism, &more, output);
}

/// The part of the major status that says why: GSS_S_NO_CRED and its like.
static inline OM_uint32 sendproof_gss_routine_error(OM_uint32 major) {
    return GSS_ROUTINE_ERROR(major);
}

static inline OM_uint32 sendproof_gss_no_credential(void) { return GSS_S_NO_CRED; }
static inline OM_uint32 sendproof_gss_credentials_expired(void) {
    return GSS_S_CREDENTIALS_EXPIRED;
}

static inline void sendproof_gss_end(struct sendproof_gss *gss) {
    OM_uint32 ignored = 0;
    if (gss->context != GSS_C_NO_CONTEXT)
        gss_delete_sec_context(&ignored, &gss->context, GSS_C_NO_BUFFER);
    if (gss->credential != GSS_C_NO_CREDENTIAL) gss_release_cred(&ignored, &gss->credential);
    if (gss->target != GSS_C_NO_NAME) gss_release_name(&ignored, &gss->target);
}
